package dev.signalbox.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.refusal.Refused;
import org.jspecify.annotations.Nullable;

/// An error as every route answers it, `application/problem+json` (RFC 9457).
///
/// @param code stable, for programs
/// @param detail what happened and what to do, for people
/// @param extra what is, where that helps: the first answer, the hash that holds now
@JsonInclude(JsonInclude.Include.NON_NULL)
record ProblemBody(
    String type, String title, int status, String detail, String code, @Nullable Object extra) {
  static final String TYPE = "application/problem+json";

  static ProblemBody of(int status, String code, String detail) {
    return of(status, code, detail, null);
  }

  static ProblemBody of(int status, String code, String detail, @Nullable Object extra) {
    return new ProblemBody("about:blank", title(status), status, detail, code, extra);
  }

  static ProblemBody of(Refused refused) {
    return of(status(refused), refused.code(), refused.detail(), refused.extra());
  }

  private static int status(Refused refused) {
    return switch (refused.kind()) {
      case NOT_FOUND -> 404;
      case INVALID -> 422;
      case CONFLICT -> 409;
      case GONE -> 410;
      case TOO_LARGE -> refused.code().startsWith("rate_") ? 429 : 413;
      case FORBIDDEN -> 403;
      case UNAVAILABLE -> 503;
    };
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 421 -> "Misdirected Request";
      case 422 -> "Unprocessable Content";
      case 426 -> "Upgrade Required";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 503 -> "Service Unavailable";
      default -> status < 500 ? "Bad Request" : "Internal Server Error";
    };
  }
}
