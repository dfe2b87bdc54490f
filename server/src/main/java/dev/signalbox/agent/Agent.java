package dev.signalbox.agent;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An entry of the registry: how to start one named assistant.
///
/// @param name `[a-z0-9-]{1,40}`
/// @param title as shown to people
/// @param driver which driver speaks to it: `acp`, `codex`, `claude`, `opencode`
/// @param argv command and arguments; the first is a name on PATH or an absolute path, `~` expanded
/// @param environment added to the child's allow-listed environment
/// @param versionArgv prints the version, or empty
/// @param install the command that installs it, shown when it is missing
/// @param login the command that logs in, shown when it wants a login
/// @param least the least version that works, or null when any does
/// @param tried the newest version Signalbox was tried with, or null
/// @param idle how long its processes may idle before they are ended; null as all others
/// @param commands what it is known to offer before it told so itself
public record Agent(
    String name,
    String title,
    String driver,
    List<String> argv,
    Map<String, String> environment,
    List<String> versionArgv,
    @Nullable String install,
    @Nullable String login,
    boolean enabled,
    @Nullable String least,
    @Nullable String tried,
    @Nullable Duration idle,
    List<AgentEvent.Commands.Command> commands) {
  public Agent {
    commands = List.copyOf(commands);
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    versionArgv = List.copyOf(versionArgv);
  }

  /// An agent of any version of which nothing more is known.
  public Agent(
      String name,
      String title,
      String driver,
      List<String> argv,
      Map<String, String> environment,
      List<String> versionArgv,
      @Nullable String install,
      @Nullable String login,
      boolean enabled) {
    this(
        name,
        title,
        driver,
        argv,
        environment,
        versionArgv,
        install,
        login,
        enabled,
        null,
        null,
        null,
        List.of());
  }
}
