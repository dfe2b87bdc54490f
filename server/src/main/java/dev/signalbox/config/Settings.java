package dev.signalbox.config;

import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.toml.TomlMapper;

/// What the user set, with the defaults for the rest. `settings.json` (what the interface set) wins
/// over `signalbox.toml` (what the user wrote), value by value.
///
/// @param turnsInFlight how many turns may run at once, 1 to 64
/// @param turnTimeLimit how long a turn may take, time spent waiting for the user not counted; null
///   for no limit
/// @param processes how many agent processes may be up, and for how long
/// @param agents by name; entries of known agents change only what they name
/// @param mcp the MCP servers that conversations are given, by name
/// @param unknown paths of settings that nobody knows, to be shown: most likely misspelt
public record Settings(
    int turnsInFlight,
    @Nullable Duration turnTimeLimit,
    ProcessSettings processes,
    Map<String, AgentSettings> agents,
    Map<String, McpSettings> mcp,
    List<String> unknown) {

  public static final Settings DEFAULTS =
      new Settings(8, null, ProcessSettings.NONE, Map.of(), Map.of(), List.of());

  public Settings {
    agents = Map.copyOf(agents);
    mcp = Map.copyOf(mcp);
    unknown = List.copyOf(unknown);
  }

  /// `[processes]`; null is "not said".
  ///
  /// @param most 1 to 100
  /// @param memory of all of them together, in bytes
  /// @param idle after how long without a turn one is ended
  /// @param sweep how often that is looked at
  public record ProcessSettings(
      @Nullable Integer most,
      @Nullable Long memory,
      @Nullable Duration idle,
      @Nullable Duration sweep) {
    public static final ProcessSettings NONE = new ProcessSettings(null, null, null, null);
  }

  /// One `[agents.NAME]`; null is "not said".
  ///
  /// @param command a name on PATH or a path, `~` expanded later
  /// @param args its arguments; null as is `command` for known agents, else none
  /// @param version arguments that make the command print its version
  /// @param install the command that installs it, shown when it is missing
  /// @param login the command that logs in, shown when it wants a login
  /// @param driver what it speaks; `acp` for agents that are not known
  /// @param idle after how long without a turn its processes are ended
  /// @param modes in which of its modes its conversations begin
  /// @param authenticate the way in to take, of those the agent offers
  public record AgentSettings(
      @Nullable String title,
      @Nullable String command,
      @Nullable List<String> args,
      Map<String, String> env,
      @Nullable List<String> version,
      @Nullable String install,
      @Nullable String login,
      @Nullable Boolean enabled,
      @Nullable String driver,
      @Nullable Duration idle,
      @Nullable ModeSettings modes,
      @Nullable SignInSettings authenticate) {
    public AgentSettings {
      args = args == null ? null : List.copyOf(args);
      env = Map.copyOf(env);
      version = version == null ? null : List.copyOf(version);
    }
  }

  /// @param readOnly the agent's mode for lanes that only read
  /// @param writing its mode for those that write
  public record ModeSettings(@Nullable String readOnly, @Nullable String writing) {}

  /// @param method the agent's own name of it
  /// @param url of a gateway, or null
  public record SignInSettings(String method, @Nullable String url, Map<String, String> headers) {
    public SignInSettings {
      headers = Map.copyOf(headers);
    }
  }

  /// One `[mcp.NAME]`: started by a command, or reached at an address; exactly one of the two.
  ///
  /// @param agents which agents are given it; null for all
  public record McpSettings(
      @Nullable String command,
      List<String> args,
      Map<String, String> env,
      @Nullable String url,
      Map<String, String> headers,
      @Nullable List<String> agents) {
    public McpSettings {
      args = List.copyOf(args);
      env = Map.copyOf(env);
      headers = Map.copyOf(headers);
      agents = agents == null ? null : List.copyOf(agents);
    }
  }

  /// Reads both files; neither needs to exist.
  ///
  /// @throws Refused when one cannot be read or is malformed: names file, place and value
  public static Settings load(DataFolder folder) {
    var toml = folder.config().resolve("signalbox.toml");
    var json = folder.config().resolve("settings.json");
    if (!Files.exists(toml) && !Files.exists(json)) {
      return DEFAULTS;
    }
    var written = tree(new TomlMapper(), toml);
    merge(written, tree(new JsonMapper(), json));
    return new SettingsReader(toml, json).read(written);
  }

  private static ObjectNode tree(ObjectMapper mapper, Path file) {
    try {
      return switch (mapper.readTree(Files.readString(file))) {
        case ObjectNode node -> node;
        case JsonNode other when other.isMissingNode() -> mapper.createObjectNode();
        case JsonNode other ->
            throw Refused.invalid(
                "settings_malformed",
                "%s holds %s where settings are expected."
                    .formatted(
                        file, other.getNodeType().name().toLowerCase(java.util.Locale.ROOT)));
      };
    } catch (NoSuchFileException e) {
      return mapper.createObjectNode();
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw Refused.invalid(
          "settings_malformed",
          "%s, line %d, column %d: %s"
              .formatted(
                  file,
                  at == null ? 0 : at.getLineNr(),
                  at == null ? 0 : at.getColumnNr(),
                  e.getOriginalMessage()));
    } catch (IOException e) {
      throw Refused.unavailable("settings_unreadable", "%s cannot be read: %s".formatted(file, e));
    }
  }

  private static void merge(ObjectNode into, ObjectNode over) {
    for (var entry : over.properties()) {
      if (into.get(entry.getKey()) instanceof ObjectNode a
          && entry.getValue() instanceof ObjectNode b) {
        merge(a, b);
      } else {
        into.set(entry.getKey(), entry.getValue());
      }
    }
  }
}
