package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How a child is made to end, with a PID namespace around it and without.
final class StopTest extends ChildrenFixture {
  @Test
  void aChildThatEndsWithItsInputIsNotSignalled() throws Exception {
    Child child =
        startAndAwaitFirstLine("trap 'exit 9' TERM; echo up; while read -r x; do :; done; exit 4");

    child.stop();

    assertThat(child.exit()).contains(new Exit(4, null, true));
  }

  @Test
  void R_LIFE_12_aChildThatHeedsTermEndsItsOwnWay() throws Exception {
    Child child = startAndAwaitFirstLine("trap 'echo bye; exit 9' TERM; echo up; sleep $1 & wait");

    child.stop();

    assertThat(child.exit()).contains(new Exit(9, null, true));
    assertThat(line(child)).isEqualTo("bye");
    assertThat(Machine.alive(nonce)).isEmpty();
  }

  @Test
  void R_LIFE_12_aChildThatIgnoresTermIsGoneWithin6sAndItsChildrenToo() throws Exception {
    Child child = startAndAwaitFirstLine(Machine.NASTY);
    Machine.awaitAlive(nonce, Machine.NASTY_PROCESSES);
    long begin = System.nanoTime();

    child.stop();

    assertThat(Machine.alive(nonce)).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
    assertThat(child.exit()).contains(KILLED_BY_US);
  }

  @Test
  void R_TEST_6_7_aSentSignalIsNotTakenForAnEnd() throws Exception {
    Child child =
        startAndAwaitFirstLine(
            "trap 'echo term; while :; do sleep $1; done' TERM; echo up;"
                + " while :; do sleep $1 & wait; done");
    Thread stop = Thread.ofVirtual().start(child::stop);
    assertThat(line(child)).isEqualTo("term");

    assertThat(child.exit()).isEmpty();
    stop.join();

    assertThat(child.exit()).contains(KILLED_BY_US);
    assertThat(Machine.alive(nonce)).isEmpty();
  }

  @Test
  void R_TEST_6_8_anIntendedEndIsNeverACrash() throws Exception {
    Child child = startAndAwaitFirstLine("echo up; sleep $1");
    var told = new ArrayBlockingQueue<Exit>(8);
    child.onExit(told::add);

    child.stop();
    child.stop();
    child.kill();
    child.close();

    assertThat(told.poll(5, TimeUnit.SECONDS).intended()).isTrue();
    assertThat(told).isEmpty();
  }

  @Test
  void R_LIFE_12_aChildThatDiesLeavesNoChildrenOfItsOwn() throws Exception {
    Child child =
        startAndAwaitFirstLine(
            "sleep $1 & setsid sleep $1 & (setsid sh -c 'sleep $0 & wait' $1 &)\n"
                + "nohup sleep $1 >/dev/null 2>&1 &\n env -i sleep $1 & echo up; read -r x; exit 3");
    Machine.awaitAlive(nonce, 6);

    child.stdin().close();

    assertThat(child.waitFor()).isEqualTo(new Exit(3, null, false));
    assertThat(Machine.alive(nonce)).isEmpty();
  }

  @Test
  void killEndsTheWholeTreeAtOnce() throws Exception {
    Child child = startAndAwaitFirstLine(Machine.NASTY);

    child.kill();

    assertThat(Machine.alive(nonce)).isEmpty();
    assertThat(child.exit()).contains(KILLED_BY_US);
  }

  @Test
  void killCutsAStopShort() throws Exception {
    Child child = startAndAwaitFirstLine(Machine.NASTY);
    Thread stop = Thread.ofVirtual().start(child::stop);
    await().until(() -> stop.getState() == Thread.State.TIMED_WAITING);

    child.kill();

    assertThat(Machine.alive(nonce)).isEmpty();
    stop.join();
  }

  @Test
  void anInterruptedStopSkipsTheGracesAndKeepsTheFlag() throws Exception {
    Child child = startAndAwaitFirstLine(Machine.NASTY);
    var flag = new ArrayBlockingQueue<Boolean>(1);
    Thread stop =
        Thread.ofVirtual()
            .start(() -> {
              child.stop();
              flag.add(Thread.currentThread().isInterrupted());
            });

    stop.interrupt();

    assertThat(flag.poll(4, TimeUnit.SECONDS)).isTrue();
    assertThat(Machine.alive(nonce)).isEmpty();
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aWriterStuckInAFullPipeDoesNotHoldUpTheStop() throws Exception {
    Child child = startAndAwaitFirstLine("echo up; sleep $1");
    var failed = new CountDownLatch(1);
    Thread writer = Thread.ofVirtual().start(() -> fill(child.stdin(), failed));
    await().until(() -> writer.getState() != Thread.State.NEW);

    child.stop();

    assertThat(child.exit()).isPresent();
    assertThat(failed.await(5, TimeUnit.SECONDS)).isTrue();
  }

  private static void fill(OutputStream stdin, CountDownLatch failed) {
    try {
      while (true) {
        stdin.write(new byte[1 << 16]);
      }
    } catch (IOException e) {
      failed.countDown();
    }
  }
}
