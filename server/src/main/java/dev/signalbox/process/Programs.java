package dev.signalbox.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Finds the file a command means, and says in plain words what is wrong with it.
final class Programs {
  private static final int LONGEST_INTERPRETER_LINE = 256;

  private Programs() {}

  /// The absolute path of `name`, which is one already or is looked for on the `PATH` of
  /// `environment`.
  static Path resolve(String name, Map<String, String> environment) {
    if (name.indexOf('/') < 0) {
      return onPath(name, environment)
          .orElseThrow(() -> new StartFailed("%s: not found on the PATH".formatted(name)));
    }
    Path path = path(name);
    if (!path.isAbsolute()) {
      throw new StartFailed(name + ": neither an absolute path nor a bare name");
    }
    if (!Files.exists(path)) {
      throw new StartFailed(name + ": no such file");
    }
    if (!Files.isRegularFile(path)) {
      throw new StartFailed(name + ": not a program but a directory or device");
    }
    if (!Files.isExecutable(path)) {
      throw new StartFailed(name + ": may not be executed");
    }
    return path;
  }

  /// As the shell looks: the first executable file of that name; directories that are not absolute
  /// are passed over, since what they hold depends on where one stands.
  static Optional<Path> onPath(String name, Map<String, String> environment) {
    for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
      if (directory.startsWith("/")) {
        Path candidate = path(directory).resolve(name);
        if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }

  /// A script whose interpreter is missing would fail with "no such file" about the script itself.
  static void requireInterpreter(Path program) {
    try (var in = Files.newInputStream(program)) {
      String start =
          new String(in.readNBytes(LONGEST_INTERPRETER_LINE), StandardCharsets.ISO_8859_1);
      if (!start.startsWith("#!")) {
        return;
      }
      String line = start.substring(2).lines().findFirst().orElse("").strip();
      String interpreter = line.split("[ \t]", 2)[0];
      if (interpreter.startsWith("/") && !Files.exists(path(interpreter))) {
        throw new StartFailed(
            "%s: a script for %s, which is not there".formatted(program, interpreter));
      }
    } catch (IOException e) {
      // A program need not be readable to be run.
    }
  }

  static void requireDirectory(Path directory) {
    if (!Files.exists(directory)) {
      throw new StartFailed("the working directory %s does not exist".formatted(directory));
    }
    if (!Files.isDirectory(directory)) {
      throw new StartFailed("the working directory %s is not a directory".formatted(directory));
    }
    if (!Files.isExecutable(directory)) {
      throw new StartFailed("the working directory %s may not be entered".formatted(directory));
    }
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new StartFailed("%s: not a path".formatted(text), e);
    }
  }
}
