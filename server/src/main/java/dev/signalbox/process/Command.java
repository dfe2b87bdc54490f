package dev.signalbox.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What to start. There is no shell in between: every argument arrives as it is given.
///
/// @param argv at least one; the first is an absolute path, or a bare name that is looked for on
///   the `PATH` of `environment`
/// @param directory where the process starts
/// @param environment the child's whole environment (see [Environment]); nothing is inherited
///   beside it, the two marks of the life-line are added
public record Command(List<String> argv, Path directory, Map<String, String> environment) {
  public Command {
    argv = List.copyOf(argv);
    directory = directory.toAbsolutePath();
    environment = Map.copyOf(environment);
    if (argv.isEmpty() || argv.getFirst().isEmpty()) {
      throw new IllegalArgumentException("a command needs a program");
    }
    if (argv.stream().anyMatch(Command::hasNul)
        || environment.values().stream().anyMatch(Command::hasNul)) {
      throw new IllegalArgumentException(
          "a command cannot carry a NUL character: " + argv.getFirst());
    }
    environment.keySet().forEach(Command::requireName);
  }

  private static void requireName(String name) {
    if (name.isEmpty() || name.indexOf('=') >= 0 || hasNul(name)) {
      throw new IllegalArgumentException("not the name of an environment variable: '" + name + "'");
    }
  }

  private static boolean hasNul(String text) {
    return text.indexOf('\0') >= 0;
  }

  /// Without the environment: its values may be secrets and this text may be logged.
  @Override
  public String toString() {
    return "Command[argv=" + argv + ", directory=" + directory + "]";
  }
}
