package dev.signalbox.http;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON as it crosses the edge. Reading is strict about what a value is (a number is not a text, no
/// name twice) and open about fields it does not know, because the contract may grow.
final class Wire {
  static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Wire() {}

  static String text(@Nullable Object value) {
    return JSON.writeValueAsString(value);
  }
}
