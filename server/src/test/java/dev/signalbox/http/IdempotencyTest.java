package dev.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.http.Idempotency.Done;
import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdempotencyTest {
  private static final String CALL = "POST /api/projects";

  @TempDir Path temp;
  private Instant now = Instant.parse("2026-11-20T12:00:00Z");
  private Database database;
  private Idempotency idempotency;
  private final AtomicInteger done = new AtomicInteger();

  @BeforeEach
  void open() {
    database = Database.open(temp.resolve("runtime.db"), Database.Kind.RUNTIME);
    idempotency = new Idempotency(database, () -> now);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void F29_theSameKeyGetsTheSameAnswerAndIsDoneOnce() throws Exception {
    assertThat(once("k")).isEqualTo(new Done(201, "1"));
    assertThat(once("k")).isEqualTo(new Done(201, "1"));
    assertThat(once("l")).isEqualTo(new Done(201, "2"));
  }

  @Test
  void anAnswerSurvivesARestart() throws Exception {
    once("k");
    idempotency = new Idempotency(database, () -> now);
    assertThat(once("k")).isEqualTo(new Done(201, "1"));
  }

  @Test
  void callsAtTheSameTimeWaitForTheFirst() throws Exception {
    var calls = new ArrayList<Callable<Done>>();
    for (int i = 0; i < 20; i++) {
      calls.add(() -> once("k"));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(calls)) {
        assertThat(answer.get()).isEqualTo(new Done(201, "1"));
      }
    }
    assertThat(done).hasValue(1);
  }

  @Test
  void keysOfDevicesDoNotMeet() throws Exception {
    once("k");
    var other = new Principal("d_1", "phone", null);
    assertThat(idempotency.once("k", other, CALL, this::work)).isEqualTo(new Done(201, "2"));
  }

  @Test
  void aKeyIsForOneCallOnly() throws Exception {
    once("k");
    assertThatThrownBy(() -> idempotency.once("k", Principal.LOCAL, "POST /api/other", this::work))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(CALL);
  }

  @Test
  void whatWasRefusedMayBeTriedAgain() throws Exception {
    assertThatThrownBy(() ->
            idempotency.once(
                "k",
                Principal.LOCAL,
                CALL,
                () -> {
                  throw Refused.invalid("no", "not like this");
                }))
        .isInstanceOf(Refused.class);
    assertThat(once("k")).isEqualTo(new Done(201, "1"));
  }

  @Test
  void whatAServerDiedInIsNotDoneAgain() throws Exception {
    var begun = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    var first =
        Thread.ofVirtual()
            .start(() -> {
              try {
                idempotency.once(
                    "k",
                    Principal.LOCAL,
                    CALL,
                    () -> {
                      begun.countDown();
                      never.await();
                      return new Done(200, "");
                    });
              } catch (Exception e) {
                // it "dies"
              }
            });
    begun.await();
    idempotency = new Idempotency(database, () -> now); // the next server
    assertThatThrownBy(() -> once("k"))
        .isInstanceOf(Refused.class)
        .extracting(e -> ((Refused) e).code())
        .isEqualTo("outcome_unknown");
    first.interrupt();
    first.join();
  }

  @Test
  void aKeyIsForgottenAfter24Hours() throws Exception {
    once("k");
    now = now.plus(Duration.ofHours(24)).plusSeconds(1);
    once("other"); // whoever comes clears what is old
    assertThat(once("k")).isEqualTo(new Done(201, "3"));
  }

  @Test
  void impossibleKeysAreRefused() {
    for (var key : new String[] {"", " ", "k".repeat(201)}) {
      assertThatThrownBy(() -> once(key)).isInstanceOf(Refused.class);
    }
  }

  private Done once(String key) throws Exception {
    return idempotency.once(key, Principal.LOCAL, CALL, this::work);
  }

  private Done work() {
    return new Done(201, "" + done.incrementAndGet());
  }
}
