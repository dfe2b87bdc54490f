package dev.signalbox.http;

import java.time.Duration;

/// How long a connection may take for what.
///
/// @param hello until a lane's client says what it has
/// @param ping between two signs of life from here
/// @param silence without one from there
/// @param taking without taking anything that is waiting
record SocketTimes(Duration hello, Duration ping, Duration silence, Duration taking) {
  static final SocketTimes USUAL =
      new SocketTimes(
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));
}
