package dev.signalbox.config;

import dev.signalbox.refusal.Refused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the values of settings one by one: each is null or empty when it is not said, and refused
/// by the name of its place when it is not what it may be.
final class SettingsValues {
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}");
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5}) ?(s|m|h)");
  private static final Pattern BYTES = Pattern.compile("([1-9][0-9]{0,5}) ?(MB|GB)");

  private final Path toml;
  private final Path json;
  private final List<String> unknown = new ArrayList<>();

  SettingsValues(Path toml, Path json) {
    this.toml = toml;
    this.json = json;
  }

  /// The places that were seen and that nobody knows.
  List<String> unknown() {
    return unknown;
  }

  @Nullable Integer count(String path, @Nullable JsonNode node, int most) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > most) {
      throw wrong(path, node, "a whole number from 1 to " + most);
    }
    return node.intValue();
  }

  @Nullable Long bytes(String path, @Nullable JsonNode node) {
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

  @Nullable Duration duration(String path, @Nullable JsonNode node) {
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

  <T> Map<String, T> named(
      String name, @Nullable JsonNode node, BiFunction<String, ObjectNode, T> reader) {
    if (node == null || node.isNull()) {
      return Map.of();
    }
    var all = new LinkedHashMap<String, T>();
    for (var entry : table(name, node).properties()) {
      var path = name + "." + entry.getKey();
      if (!NAME.matcher(entry.getKey()).matches()) {
        throw wrong(path, entry.getValue(), "named with 1 to 40 of a-z, 0-9 and -");
      }
      all.put(entry.getKey(), reader.apply(path, table(path, entry.getValue())));
    }
    return all;
  }

  @Nullable String text(String path, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isString() || node.stringValue().isBlank()) {
      throw wrong(path, node, "a text that is not empty");
    }
    return node.stringValue();
  }

  @Nullable List<String> texts(String path, @Nullable JsonNode node) {
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

  Map<String, String> environment(String path, @Nullable JsonNode node) {
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

  @Nullable Boolean truth(String path, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isBoolean()) {
      throw wrong(path, node, "true or false");
    }
    return node.booleanValue();
  }

  ObjectNode table(String path, JsonNode node) {
    if (node instanceof ObjectNode table) {
      return table;
    }
    throw wrong(path, node, "a table");
  }

  void unknownKeys(ObjectNode node, String prefix, Set<String> known) {
    for (var entry : node.properties()) {
      if (!known.contains(entry.getKey())) {
        unknown.add(prefix + entry.getKey());
      }
    }
  }

  // The value is not repeated: it may be a key that was pasted into the wrong line.
  Refused wrong(String path, JsonNode node, String expected) {
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
