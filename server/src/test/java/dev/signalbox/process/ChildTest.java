package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The life of one child, with a PID namespace around it and without.
final class ChildTest extends ChildrenFixture {
  @Test
  void aChildReadsWritesAndEndsByItself() throws Exception {
    Child child = start("read -r word; echo \"heard $word\"; exit 7");

    child.stdin().write("this\n".getBytes(StandardCharsets.UTF_8));
    child.stdin().flush();

    assertThat(line(child)).isEqualTo("heard this");
    assertThat(child.waitFor()).isEqualTo(new Exit(7, null, false));
    assertThat(child.exit()).contains(new Exit(7, null, false));
    assertThat(child.stdout().read()).isEqualTo(-1);
  }

  @Test
  void whatWasWrittenBeforeTheEndIsReadAfterIt() throws Exception {
    Child child = start("head -c 60000 /dev/zero; exit 0");

    child.waitFor();

    assertThat(child.stdout().readAllBytes()).hasSize(60_000);
  }

  @Test
  void R_TEST_6_8_aCrashIsNotOverwrittenByAStopThatComesLater() throws Exception {
    Child child = startAndAwaitFirstLine("echo up; exec sleep $1");
    Machine.signal("KILL", command());
    child.waitFor();

    child.stop();

    assertThat(child.exit()).contains(new Exit(137, "SIGKILL", false));
  }

  @Test
  void R_LIFE_2_aCrashTellsItsSignalAndTheLastWords() throws Exception {
    Child child = startAndAwaitFirstLine("echo 'no room left on ship' >&2; echo up; exec sleep $1");
    var told = new ArrayBlockingQueue<Exit>(8);
    child.onExit(told::add);

    Machine.signal("KILL", command());

    assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(new Exit(137, "SIGKILL", false));
    assertThat(child.stderrTail()).isEqualTo("no room left on ship\n");
  }

  @Test
  void aListenerIsToldOnceOnAThreadOfItsOwn() throws Exception {
    Child child = start("read -r x");
    var calls = new AtomicInteger();
    var told = new CountDownLatch(3);
    child.onExit(exit -> {
      told.countDown();
      throw new IllegalStateException("this must harm nobody");
    });
    child.onExit(exit -> {
      calls.incrementAndGet();
      told.countDown();
    });

    child.stop();
    child.onExit(exit -> told.countDown());

    assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(calls).hasValue(1);
    assertThat(child.exit()).isPresent();
  }

  @Test
  void aFloodOfErrorsNeitherBlocksTheChildNorGrowsTheTail() throws Exception {
    Child child = start("head -c 200000000 /dev/zero | tr '\\0' 'x' >&2; echo end >&2; exit 5");

    assertThat(child.waitFor().code()).isEqualTo(5);
    assertThat(child.stderrTail().length()).isLessThanOrEqualTo(StderrTail.SIZE);
    assertThat(child.stderrTail()).endsWith("end\n");
  }

  @Test
  void R_SEC_5_theLastWordsAreMasked() throws Exception {
    var environment = new java.util.HashMap<>(Machine.environment());
    environment.put("EXAMPLE_API_KEY", "correct horse battery");
    var command =
        new Command(
            List.of("sh", "-c", "echo \"key is $EXAMPLE_API_KEY, or sk-ant-abcdefgh12345\" >&2"),
            Path.of("/"),
            environment);

    Child child = children.start(command);
    child.waitFor();

    assertThat(child.stderrTail()).isEqualTo("key is ***, or ***\n");
  }

  @Test
  void memoryIsThatOfTheWholeTree() throws Exception {
    Child child = startAndAwaitFirstLine(Machine.NASTY);
    Machine.awaitAlive(nonce, Machine.NASTY_PROCESSES);

    // A sleeping shell has some hundred kilobytes; all of them are counted, not the first alone.
    assertThat(child.residentBytes()).isGreaterThan(Machine.NASTY_PROCESSES * 200_000L);
    child.kill();
    assertThat(child.residentBytes()).isZero();
  }

  @Test
  void R_LIFE_12_aChildLivesOnWhenTheThreadThatStartedItEnds() throws Exception {
    var started = new ArrayBlockingQueue<Child>(2);
    for (var kind : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
      Thread starter = kind.start(() -> started.add(start("echo up; read -r x; exit 6")));
      starter.join();
      await().until(() -> starter.getState() == Thread.State.TERMINATED);
    }
    for (Child child : started) {
      assertThat(line(child)).isEqualTo("up");
      child.stdin().write('\n');
      child.stdin().close();
      assertThat(child.waitFor()).isEqualTo(new Exit(6, null, false));
    }
  }

  /// The number of the command itself as the machine sees it: not that of a wrapper around it.
  private long command() {
    return await().until(this::sleepers, pids -> !pids.isEmpty()).getFirst();
  }

  private List<Long> sleepers() {
    return Machine.alive(nonce).stream()
        .filter(pid -> Machine.read(Path.of("/proc/" + pid), "cmdline").startsWith("sleep"))
        .toList();
  }
}
