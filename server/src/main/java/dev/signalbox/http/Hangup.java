package dev.signalbox.http;

/// Ends a connection from within its writer.
final class Hangup extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final CloseCode code;

  Hangup(CloseCode code, String reason) {
    super(reason, null, false, false);
    this.code = code;
  }

  CloseCode code() {
    return code;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
