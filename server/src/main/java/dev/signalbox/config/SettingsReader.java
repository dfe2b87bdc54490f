package dev.signalbox.config;

import dev.signalbox.config.Settings.AgentSettings;
import dev.signalbox.config.Settings.ProcessSettings;
import dev.signalbox.refusal.Refused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Turns the merged tree of settings into [Settings]; every complaint names the setting and what it
/// may be. Not for more than one reading.
final class SettingsReader {
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}");
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5}) ?(s|m|h)");
  private static final Pattern BYTES = Pattern.compile("([1-9][0-9]{0,5}) ?(MB|GB)");
  private static final Set<String> AGENT_KEYS =
      Set.of(
          "title", "command", "args", "env", "version", "install", "login", "enabled", "driver",
          "idle");

  private final Path toml;
  private final Path json;
  private final List<String> unknown = new ArrayList<>();

  SettingsReader(Path toml, Path json) {
    this.toml = toml;
    this.json = json;
  }

  Settings read(ObjectNode root) {
    unknownKeys(root, "", Set.of("turnsInFlight", "turnTimeLimit", "processes", "agents"));
    return new Settings(
        turnsInFlight(root.get("turnsInFlight")),
        duration("turnTimeLimit", root.get("turnTimeLimit")),
        processes(root.get("processes")),
        agents(root.get("agents")),
        unknown);
  }

  private int turnsInFlight(@Nullable JsonNode node) {
    var given = count("turnsInFlight", node, 64);
    return given == null ? Settings.DEFAULTS.turnsInFlight() : given;
  }

  private @Nullable Integer count(String path, @Nullable JsonNode node, int most) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > most) {
      throw wrong(path, node, "a whole number from 1 to " + most);
    }
    return node.intValue();
  }

  private ProcessSettings processes(@Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return ProcessSettings.NONE;
    }
    var given = table("processes", node);
    unknownKeys(given, "processes.", Set.of("most", "memory", "idle", "sweep"));
    return new ProcessSettings(
        count("processes.most", given.get("most"), 100),
        bytes("processes.memory", given.get("memory")),
        duration("processes.idle", given.get("idle")),
        duration("processes.sweep", given.get("sweep")));
  }

  private @Nullable Long bytes(String path, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    var match = BYTES.matcher(node.asString(""));
    if (!match.matches()) {
      throw wrong(path, node, "an amount of memory like \"500 MB\" or \"4 GB\"");
    }
    long unit = match.group(2).equals("MB") ? 1 << 20 : 1 << 30;
    return Long.parseLong(match.group(1)) * unit;
  }

  private @Nullable Duration duration(String path, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    var match = DURATION.matcher(node.asString(""));
    if (!match.matches()) {
      throw wrong(path, node, "a time like \"90s\", \"15m\" or \"2h\"");
    }
    long n = Long.parseLong(match.group(1));
    return switch (match.group(2)) {
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      default -> Duration.ofHours(n);
    };
  }

  private Map<String, AgentSettings> agents(@Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return Map.of();
    }
    var agents = new LinkedHashMap<String, AgentSettings>();
    for (var entry : table("agents", node).properties()) {
      var path = "agents." + entry.getKey();
      if (!NAME.matcher(entry.getKey()).matches()) {
        throw wrong(path, entry.getValue(), "named with 1 to 40 of a-z, 0-9 and -");
      }
      agents.put(entry.getKey(), agent(path, table(path, entry.getValue())));
    }
    return agents;
  }

  private AgentSettings agent(String path, ObjectNode node) {
    unknownKeys(node, path + ".", AGENT_KEYS);
    return new AgentSettings(
        text(path + ".title", node.get("title")),
        text(path + ".command", node.get("command")),
        texts(path + ".args", node.get("args")),
        environment(path + ".env", node.get("env")),
        texts(path + ".version", node.get("version")),
        text(path + ".install", node.get("install")),
        text(path + ".login", node.get("login")),
        truth(path + ".enabled", node.get("enabled")),
        text(path + ".driver", node.get("driver")),
        duration(path + ".idle", node.get("idle")));
  }

  private @Nullable String text(String path, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isString() || node.stringValue().isBlank()) {
      throw wrong(path, node, "a text that is not empty");
    }
    return node.stringValue();
  }

  private @Nullable List<String> texts(String path, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    var texts = new ArrayList<String>();
    for (var value : node) {
      if (!value.isString()) {
        throw wrong(path, node, "a list of texts");
      }
      texts.add(value.stringValue());
    }
    if (!node.isArray()) {
      throw wrong(path, node, "a list of texts");
    }
    return texts;
  }

  private Map<String, String> environment(String path, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return Map.of();
    }
    var values = new LinkedHashMap<String, String>();
    for (var entry : table(path, node).properties()) {
      if (!entry.getValue().isString()) {
        throw wrong(path + "." + entry.getKey(), entry.getValue(), "a text");
      }
      values.put(entry.getKey(), entry.getValue().stringValue());
    }
    return values;
  }

  private @Nullable Boolean truth(String path, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isBoolean()) {
      throw wrong(path, node, "true or false");
    }
    return node.booleanValue();
  }

  private ObjectNode table(String path, JsonNode node) {
    if (node instanceof ObjectNode table) {
      return table;
    }
    throw wrong(path, node, "a table");
  }

  private void unknownKeys(ObjectNode node, String prefix, Set<String> known) {
    for (var entry : node.properties()) {
      if (!known.contains(entry.getKey())) {
        unknown.add(prefix + entry.getKey());
      }
    }
  }

  // The value is not repeated: it may be a key that was pasted into the wrong line.
  private Refused wrong(String path, JsonNode node, String expected) {
    return Refused.invalid(
        "settings_wrong",
        "The setting %s must be %s, but is %s (in %s or %s)."
            .formatted(
                path,
                expected,
                node.isNumber()
                    ? node.toString()
                    : node.getNodeType().name().toLowerCase(java.util.Locale.ROOT),
                toml,
                json));
  }
}
