package dev.signalbox.agent;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An entry of the registry: how to start one named assistant.
///
/// @param name `[a-z0-9-]{1,40}`
/// @param title as shown to people
/// @param driver `acp` for now
/// @param argv command and arguments; the first is a name on PATH or an absolute path, `~` expanded
/// @param environment added to the child's allow-listed environment
/// @param versionArgv prints the version, or empty
/// @param install the command that installs it, shown when it is missing
/// @param login the command that logs in, shown when it wants a login
public record Agent(
    String name,
    String title,
    String driver,
    List<String> argv,
    Map<String, String> environment,
    List<String> versionArgv,
    @Nullable String install,
    @Nullable String login,
    boolean enabled) {
  public Agent {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    versionArgv = List.copyOf(versionArgv);
  }
}
