package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// The life of one child, with a PID namespace around it and without.
@ParameterizedClass(name = "namespace={0}")
@ValueSource(booleans = {true, false})
final class ChildTest {
  private static final Exit KILLED_BY_US = new Exit(137, "SIGKILL", true);

  @Parameter boolean namespaces;
  @TempDir Path runs;
  private final String nonce = Machine.nonce();
  private Children children;

  @BeforeEach
  void open() {
    children = Children.open(runs, System.getenv(), namespaces, new ProcTable());
    assumeTrue(children.namespaced() == namespaces, "bubblewrap does not work here");
  }

  @AfterEach
  void nothingIsLeftAfterTheEnd() {
    children.close();
    assertThat(Machine.alive(nonce)).isEmpty();
  }

  private Child start(String script) {
    return children.start(Machine.shell(script, nonce));
  }

  private Child startAndAwaitFirstLine(String script) throws IOException {
    Child child = start(script);
    assertThat(line(child)).isEqualTo("up");
    return child;
  }

  /// Byte by byte: a reader of its own would take more than the line.
  private static String line(Child child) throws IOException {
    var line = new StringBuilder();
    for (int c = child.stdout().read(); c >= 0 && c != '\n'; c = child.stdout().read()) {
      line.append((char) c);
    }
    return line.toString();
  }

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
