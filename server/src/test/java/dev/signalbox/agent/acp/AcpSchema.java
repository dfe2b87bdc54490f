package dev.signalbox.agent.acp;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The schema of ACP version 1, for the messages a client sends. Stricter than the schema alone: a
/// method the schema does not know and a field it does not know are violations, too.
final class AcpSchema {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final JsonNode WHOLE = read();
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  /// Held, because a logger nobody holds forgets its level. The schema has its own keywords, which
  /// are no concern of the validation.
  private static final Logger QUIET = Logger.getLogger("com.networknt.schema");

  private static final Map<String, Schema> SCHEMAS = new HashMap<>();

  /// Agents that tell their models the older way can be told a model no other way.
  private static final Set<String> OLDER = Set.of("session/set_model");

  static {
    QUIET.setLevel(Level.SEVERE);
  }

  private AcpSchema() {}

  /// What is wrong with messages of ours, each with its message; empty when nothing is.
  static List<String> violations(List<JsonNode> messages) {
    var violations = new ArrayList<String>();
    for (var message : messages) {
      check(message, violations);
    }
    return violations;
  }

  private static void check(JsonNode message, List<String> violations) {
    if (!message.path("jsonrpc").asString("").equals("2.0")) {
      violations.add("no jsonrpc 2.0: " + message);
    }
    var method = message.path("method").stringValue(null);
    if (method == null) {
      // Of an agent's requests we answer with a result those for a permission and those with a
      // form.
      if (message.path("result").has("action")) {
        validate("CreateElicitationResponse", message.get("result"), message, violations);
      } else if (message.has("result")) {
        validate("RequestPermissionResponse", message.get("result"), message, violations);
      } else {
        validate("Error", message.path("error"), message, violations);
      }
    } else if (!OLDER.contains(method)) {
      var definition = definition(method, message.has("id") ? "Request" : "Notification");
      if (definition == null) {
        violations.add("no method of the schema: " + message);
      } else {
        validate(definition, message.path("params"), message, violations);
      }
    }
  }

  private static void validate(
      String definition, JsonNode value, JsonNode message, List<String> violations) {
    var schema = SCHEMAS.computeIfAbsent(definition, AcpSchema::schema);
    schema.validate(value).forEach(error -> violations.add(error + " in " + message));
    var known = fields(WHOLE.path("$defs").path(definition));
    for (var name : value.propertyNames()) {
      if (!known.contains(name)) {
        violations.add("unknown field " + name + " in " + message);
      }
    }
  }

  private static Set<String> fields(JsonNode definition) {
    var reference = definition.path("$ref").asString("");
    if (!reference.isEmpty()) {
      return fields(WHOLE.at(reference.substring(1)));
    }
    var names = new HashSet<>(definition.path("properties").propertyNames());
    for (var key : List.of("anyOf", "oneOf", "allOf")) {
      definition.path(key).forEach(part -> names.addAll(fields(part)));
    }
    return names;
  }

  private static String definition(String method, String ending) {
    if (method.equals("session/fork")) {
      return "ResumeSessionRequest"; // not in the schema yet; its draft has the same fields
    }
    return WHOLE.path("$defs").properties().stream()
        .filter(entry -> entry.getKey().endsWith(ending))
        .filter(entry -> entry.getValue().path("x-method").asString("").equals(method))
        .filter(entry -> entry.getValue().path("x-side").asString("").equals("agent"))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  private static Schema schema(String definition) {
    var root = JSON.createObjectNode();
    root.put("$schema", WHOLE.path("$schema").asString());
    root.put("$ref", "#/$defs/" + definition);
    root.set("$defs", WHOLE.path("$defs"));
    return REGISTRY.getSchema(root);
  }

  private static JsonNode read() {
    try (var in = AcpSchema.class.getResourceAsStream("/acp-v1/schema.json")) {
      return JSON.readTree(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
