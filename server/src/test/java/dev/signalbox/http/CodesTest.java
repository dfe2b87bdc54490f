package dev.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.http.Codes.Outcome;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CodesTest {
  private static final long SECOND = 1_000_000_000L;
  private final AtomicLong nanos = new AtomicLong();
  private final Codes codes = new Codes(new Secrets(), nanos::get);

  @Test
  void S85_aCodeIsGoodOnceAlsoForManyAtTheSameTime() throws Exception {
    var code = codes.make();
    var tries = new ArrayList<Callable<Outcome>>();
    for (int i = 0; i < 50; i++) {
      tries.add(() -> codes.redeem(code));
    }
    int good = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var outcome : threads.invokeAll(tries)) {
        good += outcome.get() == Outcome.GOOD ? 1 : 0;
      }
    }
    assertThat(good).isEqualTo(1);
  }

  @Test
  void S86_aCodeLives120Seconds() {
    var young = codes.make();
    nanos.addAndGet(120 * SECOND);
    assertThat(codes.redeem(young)).isEqualTo(Outcome.GOOD);
    var old = codes.make();
    nanos.addAndGet(120 * SECOND + 1);
    assertThat(codes.redeem(old)).isEqualTo(Outcome.WRONG);
  }

  @Test
  void S88_fiveWrongCodesBurnAllThatAreOut() {
    var code = codes.make();
    for (int i = 0; i < 4; i++) {
      assertThat(codes.redeem("wrong" + i)).isEqualTo(Outcome.WRONG);
    }
    assertThat(codes.redeem("wrong")).isEqualTo(Outcome.TOO_MANY);
    assertThat(codes.redeem(code)).isEqualTo(Outcome.TOO_MANY);
    nanos.addAndGet(61 * SECOND);
    assertThat(codes.redeem(code)).isEqualTo(Outcome.WRONG);
    assertThat(codes.redeem(codes.make())).isEqualTo(Outcome.GOOD);
  }

  @Test
  void aBoundedNumberOfCodesIsOut() {
    var first = codes.make();
    for (int i = 0; i < 64; i++) {
      codes.make();
    }
    assertThat(codes.redeem(first)).isEqualTo(Outcome.WRONG);
  }
}
