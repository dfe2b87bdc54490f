package dev.signalbox.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// `signalbox` as a process of its own, as a shell starts it.
final class Program implements AutoCloseable {
  private final Process process;
  private final Path out;
  private final Path err;

  private Program(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /// @param folder takes what it prints
  static Program start(Path folder, Map<String, String> environment, String... args) {
    try {
      var out = Files.createTempFile(folder, "program", ".out");
      var err = Files.createTempFile(folder, "program", ".err");
      var builder = new ProcessBuilder(command(args));
      builder.environment().clear();
      builder.environment().put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
      builder.environment().put("LANG", "C.UTF-8");
      builder.environment().putAll(environment);
      builder.directory(folder.toFile());
      builder.redirectOutput(out.toFile());
      builder.redirectError(err.toFile());
      return new Program(builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(String... args) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                "dev.signalbox.Main"));
    command.addAll(List.of(args));
    return command;
  }

  /// The class path of the tests without the tests.
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes/"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /// What Ctrl-C sends.
  void interrupt() {
    try {
      new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The exit code; waits a minute and a half at most.
  int end() {
    try {
      if (!process.waitFor(90, TimeUnit.SECONDS)) {
        throw new AssertionError("it does not end; it said: " + out() + err());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
