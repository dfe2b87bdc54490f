package dev.signalbox.journal;

import dev.signalbox.event.Fact;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// JSON as it is stored and sent. Encoded text is kept and spliced, so that a fact is encoded once.
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          // As the records are written down, ids first.
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          // A newer Signalbox may have stored more than this one knows.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final ObjectWriter FACTS = MAPPER.writerFor(Fact.class);

  private Json() {}

  /// @throws JacksonException when it cannot be written
  static String encode(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /// @throws JacksonException when the text is not such a value
  static <T> T decode(String json, Class<T> type) {
    T value = MAPPER.readValue(json, type);
    if (value == null) {
      throw new IllegalArgumentException("null is not a " + type.getSimpleName());
    }
    return value;
  }

  /// The fields of a fact as a JSON object, without its `type`.
  static String fields(Fact fact, FactType type) {
    String whole = FACTS.writeValueAsString(fact);
    String start = "{\"type\":\"" + type.wire() + "\"";
    if (!whole.startsWith(start)) {
      throw new IllegalStateException("a fact of type " + type.wire() + " begins with " + whole);
    }
    int next = start.length();
    return "{" + whole.substring(whole.charAt(next) == ',' ? next + 1 : next);
  }

  /// Whether the text is one whole JSON object; cheap, nothing is built.
  static boolean isObject(String json) {
    try (JsonParser parser = MAPPER.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      parser.skipChildren();
      return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /// Appends the text as a JSON string.
  static void quote(StringBuilder out, CharSequence text) {
    out.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, out);
    out.append('"');
  }
}
