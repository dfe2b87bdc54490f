package dev.signalbox.cli;

/// The server said no. The message is its `detail`.
final class ServerRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final String code;

  /// @param status as in HTTP; 0 when it came through a socket
  ServerRefused(int status, String code, String detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }
}
