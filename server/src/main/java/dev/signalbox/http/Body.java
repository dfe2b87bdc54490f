package dev.signalbox.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;

/// Reads the bodies of requests, never more of one than the route takes and never for much longer
/// than a line of 64 KB a second would need. So that nobody can fill the memory and nobody waits
/// for the network of somebody else, large ones are gathered first, in room that all share, and
/// then one at a time becomes what it says.
final class Body {
  private static final int LARGE = 1 << 20;

  /// In chunks: one body of the longest kind, and some beside it.
  private static final int ROOM = (40 << 20) / GatheredBody.CHUNK;

  private final Patience patience;
  private final Semaphore room = new Semaphore(ROOM);
  private final Semaphore large = new Semaphore(1);

  Body(Patience patience) {
    this.patience = patience;
  }

  /// The body as JSON of this type.
  <T> T json(HttpServletRequest request, Class<T> type, int longest)
      throws IOException, InterruptedException {
    if (!isJson(request.getContentType())) {
      throw new HttpRefusal(
          415, "not_json", "Send the body as JSON, with Content-Type: application/json.");
    }
    requirePlain(request);
    if (request.getContentLengthLong() > longest) {
      throw tooLong(longest);
    }
    if (request.getContentLengthLong() == 0) {
      throw new HttpRefusal(
          400, "malformed_json", "The body is not JSON: line 1, column 1: it is empty.");
    }
    var body = new TimedBody(request.getInputStream(), longest, patience);
    return longest <= LARGE || isSmall(request) ? parse(body, type) : gather(body, type);
  }

  private <T> T gather(InputStream body, Class<T> type) throws IOException, InterruptedException {
    try (var gathered = GatheredBody.of(body, room)) {
      large.acquire();
      try {
        return parse(gathered, type);
      } finally {
        large.release();
      }
    }
  }

  private static boolean isSmall(HttpServletRequest request) {
    return request.getContentLengthLong() >= 0 && request.getContentLengthLong() <= LARGE;
  }

  static void requirePlain(HttpServletRequest request) {
    if (request.getHeader("Content-Encoding") != null) {
      throw new HttpRefusal(415, "encoded", "Send the body as it is, without Content-Encoding.");
    }
  }

  private static boolean isJson(String type) {
    if (type == null) {
      return false;
    }
    var media = type.toLowerCase(Locale.ROOT).replace(" ", "");
    return media.equals("application/json") || media.equals("application/json;charset=utf-8");
  }

  static HttpRefusal tooLong(int longest) {
    return new HttpRefusal(
        413,
        "body_too_long",
        "The body is longer than the %d bytes that are taken here.".formatted(longest));
  }

  private static <T> T parse(InputStream body, Class<T> type) {
    try {
      var value = Wire.JSON.readValue(body, type);
      if (value == null) {
        throw new HttpRefusal(422, "wrong_field", "The body must be a JSON object.");
      }
      return value;
    } catch (JacksonException e) {
      throw refusal(e);
    }
  }

  /// What is wrong with JSON of a client, as the answer that says so.
  static ProblemBody problem(JacksonException e) {
    return refusal(e).problem();
  }

  private static HttpRefusal refusal(JacksonException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpRefusal refusal) {
        return refusal; // of the body itself, in the middle of a value
      }
    }
    return e instanceof DatabindException wrong ? wrong(wrong) : malformed(e);
  }

  private static HttpRefusal malformed(JacksonException e) {
    var at = e.getLocation();
    return new HttpRefusal(
        400,
        "malformed_json",
        "The body is not JSON: line %d, column %d: %s"
            .formatted(
                at == null ? 0 : at.getLineNr(),
                at == null ? 0 : at.getColumnNr(),
                e.getOriginalMessage()));
  }

  private static HttpRefusal wrong(DatabindException e) {
    if (e.getCause() instanceof StreamReadException cause) {
      return malformed(cause);
    }
    if (e.getCause() instanceof EOFException || e.getPath().isEmpty()) {
      return new HttpRefusal(422, "wrong_field", "The body is not as this route takes it.");
    }
    var path = new StringBuilder();
    for (var step : e.getPath()) {
      path.append(
          step.getPropertyName() != null
              ? (path.isEmpty() ? "" : ".") + step.getPropertyName()
              : "[" + step.getIndex() + "]");
    }
    return new HttpRefusal(
        422,
        "wrong_field",
        "The field %s has a value that is not possible: %s"
            .formatted(path, firstSentence(e.getOriginalMessage())));
  }

  // Later lines name Java types.
  private static String firstSentence(String message) {
    var end = message.indexOf('\n');
    var line = end < 0 ? message : message.substring(0, end);
    return line.replaceAll("`?(?:dev\\.signalbox|java)\\.[\\w.$]+`?", "this type");
  }

  /// The raw body; reading more of it than `longest` is refused.
  InputStream raw(HttpServletRequest request, int longest) throws IOException {
    requirePlain(request);
    if (request.getContentLengthLong() > longest) {
      throw tooLong(longest);
    }
    return new TimedBody(request.getInputStream(), longest, patience);
  }
}
