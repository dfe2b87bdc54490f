package dev.signalbox.http;

/// Why a socket is closed, as the contract numbers it.
enum CloseCode {
  GOING_AWAY(1001),
  UNSUPPORTED(1003),
  POLICY(1008),
  TOO_LONG(1009),
  BROKEN(1011),
  /// Come back with your number.
  TOO_SLOW(1013),
  REVOKED(4401),
  UNKNOWN(4404),
  TOO_MANY(4409);

  private final int number;

  CloseCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
