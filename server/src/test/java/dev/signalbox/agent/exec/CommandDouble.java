package dev.signalbox.agent.exec;

import dev.signalbox.agent.Agent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/// Stands for an agent's command: a shell script that keeps its arguments and its standard input in
/// files, then does what a test says.
final class CommandDouble {
  private final Path folder;
  private final Path program;

  CommandDouble(Path folder) {
    this.folder = folder;
    this.program = folder.resolve("double");
  }

  /// @param then shell; `$TURN` counts the calls from 1
  Agent doing(String driver, String then) {
    try {
      Files.writeString(
          program,
          """
          #!/bin/sh
          cd '%s'
          if [ "$1" = --version ]; then echo 'double 1.2.3'; exit 0; fi
          echo "$*" >> arguments
          cat > prompt
          TURN=$(wc -l < arguments)
          %s
          """
              .formatted(folder, then));
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Agent(
        "double",
        "Double",
        driver,
        List.of(program.toString()),
        Map.of(),
        List.of(),
        null,
        null,
        true);
  }

  /// Shell that prints these lines.
  static String prints(String... lines) {
    return "cat <<'END'\n" + String.join("\n", lines) + "\nEND";
  }

  /// Of each call.
  List<String> arguments() throws IOException {
    return Files.readAllLines(folder.resolve("arguments"));
  }

  String prompt() throws IOException {
    return Files.readString(folder.resolve("prompt"));
  }
}
