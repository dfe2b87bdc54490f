package dev.signalbox.http;

import com.fasterxml.classmate.ResolvedType;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// JSON Schemas of the wire records, from the records themselves. Draft 7, because the generator
/// loses the fields of a union's members in the newer dialect.
final class Schemas {
  static final String DIALECT = SchemaVersion.DRAFT_7.getIdentifier();

  private static final Set<String> OWNERS =
      Set.of("Item", "Ask", "Turn", "Change", "Offers", "JobView");

  private final SchemaBuilder builder;
  private final Map<Type, ObjectNode> references = new LinkedHashMap<>();

  Schemas() {
    var config =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_7, OptionPreset.PLAIN_JSON)
            .with(
                new JacksonSchemaModule(
                    JacksonOption.FLATTENED_ENUMS_FROM_JSONPROPERTY,
                    JacksonOption.INLINE_TRANSFORMED_SUBTYPES))
            .with(
                Option.DEFINITIONS_FOR_ALL_OBJECTS,
                Option.INLINE_NULLABLE_SCHEMAS,
                Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES);
    config.forFields().withNullableCheck(Schemas::isNullable);
    config.forFields().withRequiredCheck(field -> !isNullable(field));
    config.forTypesInGeneral().withDefinitionNamingStrategy((key, _) -> name(key.getType()));
    config
        .forTypesInGeneral()
        .withCustomDefinitionProvider((type, _) -> {
          var plain = plain(type.getErasedType());
          return plain == null ? null : new CustomDefinition(plain, true);
        });
    this.builder = new SchemaGenerator(config.build()).buildMultipleSchemaDefinitions();
  }

  /// A reference to the schema of this type. It is an empty node that [#definitions] fills in, so
  /// it must be put where it belongs, not copied.
  ObjectNode reference(Type type) {
    return references.computeIfAbsent(type, t -> builder.createSchemaReference(t));
  }

  /// All that was referred to, with what that refers to.
  ///
  /// @param path where they will stand, `components/schemas`
  ObjectNode definitions(String path) {
    return builder.collectDefinitions(path);
  }

  // Several records have a `Kind` or `State` of their own, and the list is told of asks as a lane
  // is.
  private static String name(ResolvedType type) {
    var raw = type.getErasedType();
    var owner = raw.getEnclosingClass();
    var name =
        owner != null && OWNERS.contains(owner.getSimpleName())
            ? owner.getSimpleName() + raw.getSimpleName()
            : raw.getSimpleName();
    var arguments =
        type.getTypeParameters().stream().map(Schemas::name).collect(Collectors.joining());
    return name + arguments;
  }

  private static boolean isNullable(FieldScope field) {
    return field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  private static @Nullable ObjectNode plain(Class<?> type) {
    var node = JsonNodeFactory.instance.objectNode();
    if (type.getPackageName().equals("dev.signalbox.id") && type.isRecord()) {
      return node.put("type", "string");
    }
    if (type == Instant.class) {
      return node.put("type", "string").put("format", "date-time");
    }
    return type == JsonNode.class || type == Object.class ? node : null;
  }
}
