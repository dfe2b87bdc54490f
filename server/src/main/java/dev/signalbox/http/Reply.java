package dev.signalbox.http;

import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// What a route answers.
sealed interface Reply {
  /// @param body serialised as JSON
  record Json(int status, Object body) implements Reply {}

  /// JSON that is encoded already.
  record Raw(int status, String json) implements Reply {}

  /// @param cookie a Set-Cookie line, or null
  record SignedIn(Object body, @Nullable String cookie) implements Reply {}

  record Nothing() implements Reply {}

  /// The route writes by itself, for as long as it likes, on the request's (virtual) thread.
  @FunctionalInterface
  non-sealed interface Stream extends Reply {
    void write(Context context) throws Exception;
  }

  static Reply ok(Object body) {
    return new Json(200, body);
  }
}
