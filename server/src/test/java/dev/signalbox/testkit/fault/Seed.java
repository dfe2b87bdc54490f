package dev.signalbox.testkit.fault;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Where a test's chance comes from: the same seed, the same faults. Printed when taken; give it
/// again by `-Dsignalbox.seed=N`.
public record Seed(long value) {

  /// The seed given by the property, or a new one.
  public static Seed take(String test) {
    var seed = new Seed(Long.getLong("signalbox.seed", System.nanoTime()));
    System.out.println(test + ": -Dsignalbox.seed=" + seed.value());
    return seed;
  }

  /// A generator of its own for each `stream`, so that threads do not change each other's luck.
  public RandomGenerator stream(int stream) {
    return RandomGeneratorFactory.<RandomGenerator>of("L64X128MixRandom")
        .create(value * 31 + stream);
  }
}
