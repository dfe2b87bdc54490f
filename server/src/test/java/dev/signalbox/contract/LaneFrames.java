package dev.signalbox.contract;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The schema of every frame of a lane's socket. For one thread.
final class LaneFrames {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final JsonNode whole = read();
  private final Map<String, Schema> byType = new HashMap<>();

  /// What is wrong with the frames, each with its frame; empty when nothing is.
  List<String> violations(List<JsonNode> frames) {
    var violations = new ArrayList<String>();
    for (var frame : frames) {
      var type = frame.path("type").asString("");
      if (!isFrame(type)) {
        violations.add("no frame of the contract: " + frame);
      } else {
        byType
            .computeIfAbsent(type, this::schema)
            .validate(frame)
            .forEach(error -> violations.add(error + " in " + frame));
      }
    }
    return violations;
  }

  /// Frames are the definitions that fix their `type`.
  private boolean isFrame(String type) {
    return whole.path("$defs").path(type).at("/properties/type/const").asString("").equals(type)
        && !type.isEmpty();
  }

  /// The types of all frames there are.
  List<String> types() {
    return whole.path("$defs").propertyNames().stream().filter(this::isFrame).toList();
  }

  private Schema schema(String type) {
    var root = JSON.createObjectNode();
    root.put("$schema", whole.path("$schema").asString());
    root.put("$ref", "#/$defs/" + type);
    root.set("$defs", whole.path("$defs"));
    return REGISTRY.getSchema(root);
  }

  private static JsonNode read() {
    try (var in = LaneFrames.class.getResourceAsStream("/contract/lane-frames.schema.json")) {
      return JSON.readTree(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
