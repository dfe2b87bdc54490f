package dev.signalbox.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;

/// Reads the bodies of requests, never more of one than the route takes, and only one large one at
/// a time, so that nobody can fill the memory.
final class Body {
  private static final int LARGE = 1 << 20;
  private final Semaphore large = new Semaphore(1);

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
    if (longest <= LARGE || isSmall(request)) {
      return parse(request.getInputStream(), type, longest);
    }
    large.acquire();
    try {
      return parse(request.getInputStream(), type, longest);
    } finally {
      large.release();
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

  private static <T> T parse(InputStream body, Class<T> type, int longest) {
    try {
      var value = Wire.JSON.readValue(new Limited(body, longest), type);
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
  static InputStream raw(HttpServletRequest request, int longest) throws IOException {
    requirePlain(request);
    if (request.getContentLengthLong() > longest) {
      throw tooLong(longest);
    }
    return new Limited(request.getInputStream(), longest);
  }

  private static final class Limited extends FilterInputStream {
    private final int longest;
    private int left;

    Limited(InputStream in, int longest) {
      super(in);
      this.longest = longest;
      this.left = longest;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      var n = super.read(bytes, from, count);
      left -= Math.max(n, 0);
      if (left < 0) {
        throw tooLong(longest);
      }
      return n;
    }
  }
}
