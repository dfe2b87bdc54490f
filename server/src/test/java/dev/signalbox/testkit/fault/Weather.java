package dev.signalbox.testkit.fault;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// Which faults a connection meets, and when. Asked once for each connection, from any thread.
@FunctionalInterface
public interface Weather {

  /// @param after since the connection was made
  record Step(Duration after, Fault fault) {}

  /// @param connection 0 for the first
  List<Step> of(int connection);

  static Weather calm() {
    return _ -> List.of();
  }

  /// The same steps for every connection.
  static Weather always(Step... steps) {
    var list = List.of(steps);
    return _ -> list;
  }

  /// One fault for each connection, after a time between `least` and `most`.
  static Weather random(Seed seed, Duration least, Duration most, List<Fault> faults) {
    return connection -> {
      RandomGenerator random = seed.stream(connection);
      long after = random.nextLong(least.toMillis(), most.toMillis() + 1);
      return List.of(new Step(Duration.ofMillis(after), faults.get(random.nextInt(faults.size()))));
    };
  }
}
