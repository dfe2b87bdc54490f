package dev.signalbox.config;

import dev.signalbox.config.Settings.AgentSettings;
import dev.signalbox.config.Settings.McpSettings;
import dev.signalbox.config.Settings.ModeSettings;
import dev.signalbox.config.Settings.ProcessSettings;
import dev.signalbox.config.Settings.SignInSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Turns the merged tree of settings into [Settings]; every complaint names the setting and what it
/// may be. Not for more than one reading.
final class SettingsReader {
  private static final Set<String> AGENT_KEYS =
      Set.of(
          "title",
          "command",
          "args",
          "env",
          "version",
          "install",
          "login",
          "enabled",
          "driver",
          "idle",
          "modes",
          "authenticate");
  private static final Set<String> MCP_KEYS =
      Set.of("command", "args", "env", "url", "headers", "agents");

  private final SettingsValues in;

  SettingsReader(Path toml, Path json) {
    this.in = new SettingsValues(toml, json);
  }

  Settings read(ObjectNode root) {
    in.unknownKeys(
        root, "", Set.of("turnsInFlight", "turnTimeLimit", "processes", "agents", "mcp"));
    return new Settings(
        turnsInFlight(root.get("turnsInFlight")),
        in.duration("turnTimeLimit", root.get("turnTimeLimit")),
        processes(root.get("processes")),
        in.named("agents", root.get("agents"), this::agent),
        in.named("mcp", root.get("mcp"), this::mcp),
        in.unknown());
  }

  private int turnsInFlight(@Nullable JsonNode node) {
    var given = in.count("turnsInFlight", node, 64);
    return given == null ? Settings.DEFAULTS.turnsInFlight() : given;
  }

  private ProcessSettings processes(@Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return ProcessSettings.NONE;
    }
    var given = in.table("processes", node);
    in.unknownKeys(given, "processes.", Set.of("most", "memory", "idle", "sweep"));
    return new ProcessSettings(
        in.count("processes.most", given.get("most"), 100),
        in.bytes("processes.memory", given.get("memory")),
        in.duration("processes.idle", given.get("idle")),
        in.duration("processes.sweep", given.get("sweep")));
  }

  private AgentSettings agent(String path, ObjectNode node) {
    in.unknownKeys(node, path + ".", AGENT_KEYS);
    return new AgentSettings(
        in.text(path + ".title", node.get("title")),
        in.text(path + ".command", node.get("command")),
        in.texts(path + ".args", node.get("args")),
        in.environment(path + ".env", node.get("env")),
        in.texts(path + ".version", node.get("version")),
        in.text(path + ".install", node.get("install")),
        in.text(path + ".login", node.get("login")),
        in.truth(path + ".enabled", node.get("enabled")),
        in.text(path + ".driver", node.get("driver")),
        in.duration(path + ".idle", node.get("idle")),
        modes(path + ".modes", node.get("modes")),
        signIn(path + ".authenticate", node.get("authenticate")));
  }

  private @Nullable ModeSettings modes(String path, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    var modes = in.table(path, node);
    in.unknownKeys(modes, path + ".", Set.of("readOnly", "writing"));
    return new ModeSettings(
        in.text(path + ".readOnly", modes.get("readOnly")),
        in.text(path + ".writing", modes.get("writing")));
  }

  private @Nullable SignInSettings signIn(String path, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    var way = in.table(path, node);
    in.unknownKeys(way, path + ".", Set.of("method", "url", "headers"));
    var method = in.text(path + ".method", way.get("method"));
    if (method == null) {
      throw in.wrong(path, way, "a table with a method");
    }
    return new SignInSettings(
        method,
        in.text(path + ".url", way.get("url")),
        in.environment(path + ".headers", way.get("headers")));
  }

  private McpSettings mcp(String path, ObjectNode node) {
    in.unknownKeys(node, path + ".", MCP_KEYS);
    var command = in.text(path + ".command", node.get("command"));
    var url = in.text(path + ".url", node.get("url"));
    if ((command == null) == (url == null)) {
      throw in.wrong(path, node, "a table with either a command or a url");
    }
    var args = in.texts(path + ".args", node.get("args"));
    return new McpSettings(
        command,
        args == null ? List.of() : args,
        in.environment(path + ".env", node.get("env")),
        url,
        in.environment(path + ".headers", node.get("headers")),
        in.texts(path + ".agents", node.get("agents")));
  }
}
