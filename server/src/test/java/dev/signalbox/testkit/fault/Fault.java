package dev.signalbox.testkit.fault;

import java.time.Duration;

/// Something that happens to a connection. [Delay] and [Throttle] last, [Stall] until it is ended,
/// the others are the connection's end or half of it.
public sealed interface Fault {

  /// From now on every piece waits this long before it is passed on.
  record Delay(Duration duration) implements Fault {}

  /// From now on at most so many bytes a second in each direction.
  record Throttle(int bytesPerSecond) implements Fault {}

  /// Both ends get a reset.
  record Cut() implements Fault {}

  /// One side is told that the other will say nothing more; the other direction goes on.
  record HalfClose(Side told) implements Fault {}

  /// Nothing passes and nobody is told: a black hole.
  record Stall() implements Fault {}

  /// The two ends of a connection.
  enum Side {
    CLIENT,
    SERVER
  }
}
