package dev.signalbox.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.signalbox.agent.AgentView;
import dev.signalbox.agent.Capabilities;
import dev.signalbox.agent.Offers;
import dev.signalbox.agent.ProcessView;
import dev.signalbox.event.AgentCommands;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.job.JobView;
import dev.signalbox.session.Change;
import dev.signalbox.session.SessionView;
import dev.signalbox.session.Submitted;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Writes the TypeScript types of the browser app from the records that Jackson writes: a record is
/// an interface, a sealed union is a tagged union by its `type`, an enum its names on the wire, an
/// id a string. What the mapper leaves out when null is optional; what it writes as null says so.
final class ProtocolTsGen {
  private static final List<Class<?>> ROOTS =
      List.of(
          Fact.class,
          Item.Field.class,
          AgentCommands.class,
          Change.class,
          SessionView.class,
          Submitted.class,
          AgentView.class,
          ProcessView.class,
          Capabilities.class,
          JobView.class);

  // Nested types are named after what holds them, except where that says nothing more.
  private static final Map<Class<?>, String> SHORT =
      Map.of(
          SessionView.LaneView.class, "LaneView",
          Offers.Choice.class, "Choice",
          Fact.CommandsChanged.Command.class, "Command");

  private static final Set<Class<?>> NUMBERS =
      Set.of(int.class, long.class, double.class, Integer.class, Long.class, Double.class);

  private static final String HEAD =
      """
      // Generated from the server's records by ProtocolTsGen. Do not edit: change the record and run
      // `./mvnw -pl server test -Dtest=ProtocolTsTest -Dprotocol.write=true`.

      export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
      """;

  private final Map<String, String> done = new TreeMap<>();

  String generate() {
    ROOTS.forEach(this::declare);
    return HEAD + done.values().stream().map(text -> "\n" + text).collect(Collectors.joining());
  }

  private String declare(Class<?> type) {
    var name = name(type);
    if (done.putIfAbsent(name, "") == null) {
      done.put(name, text(type, name));
    }
    return name;
  }

  private static String name(Class<?> type) {
    var given = SHORT.get(type);
    var outer = type.getEnclosingClass();
    return given != null ? given : (outer == null ? "" : name(outer)) + type.getSimpleName();
  }

  private String text(Class<?> type, String name) {
    if (type.isEnum()) {
      return "export type " + name + " = " + constants(type) + ";\n";
    }
    if (type.isSealed()) {
      return "export type " + name + " =\n" + cases(type) + ";\n";
    }
    if (!type.isRecord()) {
      throw new IllegalArgumentException("no form on the wire is known for " + type);
    }
    var components = type.getRecordComponents();
    if (components.length == 1 && isOneValue(components[0])) {
      return "export type " + name + " = string;\n";
    }
    var fields = Arrays.stream(components).map(c -> "  " + field(type, c) + ";\n");
    return "export interface " + name + " {\n" + fields.collect(Collectors.joining()) + "}\n";
  }

  private static boolean isOneValue(RecordComponent component) {
    return component.getAccessor().isAnnotationPresent(JsonValue.class);
  }

  private static String constants(Class<?> type) {
    return Arrays.stream(type.getFields())
        .filter(java.lang.reflect.Field::isEnumConstant)
        .map(field -> "'" + field.getAnnotation(JsonProperty.class).value() + "'")
        .collect(Collectors.joining(" | "));
  }

  private String cases(Class<?> type) {
    var subtypes = type.getAnnotation(JsonSubTypes.class).value();
    var named = Arrays.stream(subtypes).map(JsonSubTypes.Type::value).collect(Collectors.toSet());
    if (!named.equals(Set.of(type.getPermittedSubclasses()))) {
      throw new IllegalArgumentException(type + " has a case without a name on the wire");
    }
    return Arrays.stream(subtypes)
        .map(one -> "  | { type: '" + one.name() + "'" + fields(type, one.value()) + " }")
        .collect(Collectors.joining("\n"));
  }

  private String fields(Class<?> union, Class<?> one) {
    var holder = one.isAnnotationPresent(JsonInclude.class) ? one : union;
    return Stream.of(one.getRecordComponents())
        .map(component -> "; " + field(holder, component))
        .collect(Collectors.joining());
  }

  private String field(Class<?> holder, RecordComponent component) {
    var type = of(component.getAnnotatedType());
    if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
      return component.getName() + ": " + type;
    }
    var include = holder.getAnnotation(JsonInclude.class);
    var leftOut = include != null && include.value() == JsonInclude.Include.NON_NULL;
    return component.getName() + (leftOut ? "?: " + type : ": " + type + " | null");
  }

  private String of(AnnotatedType annotated) {
    if (annotated instanceof AnnotatedParameterizedType generic) {
      var raw = (Class<?>) ((ParameterizedType) generic.getType()).getRawType();
      var arguments = generic.getAnnotatedActualTypeArguments();
      if (Collection.class.isAssignableFrom(raw)) {
        return of(arguments[0]) + "[]";
      }
      if (Map.class.isAssignableFrom(raw)) {
        return "{ [key: string]: " + of(arguments[1]) + " }";
      }
    }
    return of(annotated.getType());
  }

  private String of(Type type) {
    if (!(type instanceof Class<?> plain)) {
      throw new IllegalArgumentException("no form on the wire is known for " + type);
    }
    if (NUMBERS.contains(plain)) {
      return "number";
    }
    if (plain == boolean.class || plain == Boolean.class) {
      return "boolean";
    }
    if (plain == String.class || plain == Instant.class) {
      return "string";
    }
    return plain == JsonNode.class ? "Json" : declare(plain);
  }
}
