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
/// @param setup how it wants to be run
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
    List<AgentEvent.Commands.Command> commands,
    Setup setup) {
  public Agent {
    commands = List.copyOf(commands);
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    versionArgv = List.copyOf(versionArgv);
  }

  /// How an agent wants to be run and how its conversations begin.
  ///
  /// @param readOnlyMode the agent's mode for conversations that may change nothing; null as the
  ///   agent has it, and so where the agent does not offer it
  /// @param writingMode its mode for those that may write, one that asks; null as `readOnlyMode`
  /// @param signIn how it is let in where nobody has to log in; null for nothing of the kind
  /// @param servers the MCP servers they are given
  /// @param runtime what its command needs beside itself, or null
  public record Setup(
      @Nullable String readOnlyMode,
      @Nullable String writingMode,
      @Nullable SignIn signIn,
      List<McpServer> servers,
      @Nullable RunBy runtime) {
    public static final Setup NONE = new Setup(null, null, null, List.of(), null);

    public Setup {
      servers = List.copyOf(servers);
    }

    /// Conversations begin in these modes; nothing else is known.
    public static Setup modes(String readOnly, String writing) {
      return new Setup(readOnly, writing, null, List.of(), null);
    }

    public Setup needing(RunBy needed) {
      return new Setup(readOnlyMode, writingMode, signIn, servers, needed);
    }

    /// The mode a conversation is to be in when it begins, or null.
    public @Nullable String mode(boolean readOnly) {
      return readOnly ? readOnlyMode : writingMode;
    }
  }

  /// A way in that an agent offers and that needs no person: its own name of it, and for a gateway
  /// the address and the headers.
  public record SignIn(String method, @Nullable String url, Map<String, String> headers) {
    public SignIn {
      headers = Map.copyOf(headers);
    }
  }

  /// A program that an agent is run by.
  ///
  /// @param title for people
  /// @param least its least version
  public record RunBy(String program, String title, String least) {}

  public Agent(
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
        least,
        tried,
        idle,
        commands,
        Setup.NONE);
  }

  /// This agent with another setup.
  public Agent with(Setup setup) {
    return new Agent(
        name,
        title,
        driver,
        argv,
        environment,
        versionArgv,
        install,
        login,
        enabled,
        least,
        tried,
        idle,
        commands,
        setup);
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
