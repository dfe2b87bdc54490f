package dev.signalbox.http;

import java.time.Duration;

/// How long a client may take to say what it wants.
///
/// @param head of a request, from the moment the connection is free for it, or was at most [#idle]
///   ago
/// @param idle without a byte in either direction
/// @param body of a request, and one second more for each 64 KB that came
record Patience(Duration head, Duration idle, Duration body) {
  static final Patience USUAL =
      new Patience(Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ofSeconds(30));

  /// For a body of which so many bytes came.
  Duration body(long bytes) {
    return body.plusMillis(bytes * 1_000 / (64 << 10));
  }
}
