package dev.signalbox.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// Starts what is no child of ours: a server in the background, the user's browser. It is on no
/// life-line and lives on when this process ends; it has a session of its own, so that the terminal
/// takes it along no more than we do.
public final class Bystander {
  private Bystander() {}

  /// Starts `command` with nothing to read, its standard output thrown away.
  ///
  /// @param errors takes its standard error from the beginning; null throws that away too
  /// @throws StartFailed when there is no such program or directory, or the machine refuses
  public static ProcessHandle start(Command command, @Nullable Path errors) {
    var program = Programs.resolve(command.argv().getFirst(), command.environment());
    Programs.requireInterpreter(program);
    Programs.requireDirectory(command.directory());
    var argv = new ArrayList<>(Wrapper.newSession(command.environment()));
    argv.add(program.toString());
    argv.addAll(command.argv().subList(1, command.argv().size()));
    var builder =
        new ProcessBuilder(argv)
            .directory(command.directory().toFile())
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(errors == null ? Redirect.DISCARD : Redirect.to(errors.toFile()));
    builder.environment().clear();
    builder.environment().putAll(command.environment());
    try {
      return builder.start().toHandle();
    } catch (IOException e) {
      throw new StartFailed("%s: %s".formatted(command.argv().getFirst(), e.getMessage()), e);
    }
  }
}
