package dev.signalbox.agent.acp;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.AgentPool.PooledThread;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.PoolLimits;
import dev.signalbox.agent.ProcessView;
import dev.signalbox.agent.Registry;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.id.LaneId;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.ScriptedAgents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How long processes and threads of the pool live, by a clock that the test moves.
@Timeout(180)
class PoolLifeTest {
  private static final Duration IDLE = Duration.ofMinutes(30);
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
  private Workbench bench;
  private Agent agent;
  private AgentPool pool;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    bench = new Workbench(folder);
    agent =
        ScriptedAgents.agent(
            Habits.good()
                .log(folder.resolve("received"))
                .state(Files.createDirectories(folder.resolve("state"))));
    use(10, Long.MAX_VALUE);
  }

  @AfterEach
  void close() {
    pool.close();
    bench.close();
  }

  @Test
  void R_LIFE_5_anIdleProcessIsEndedAndTheNextTurnGoesOnWithTheConversation() throws Exception {
    var lane = bench.ids.lane();
    var before = reader(lane, null).thread();
    bench.run(before, script().remember("walrus"));
    var process = before.process();

    pass(IDLE.minusSeconds(1));
    pool.sweep();
    assertThat(process.alive()).isTrue();
    assertThat(pool.processes())
        .extracting(ProcessView::evictsAt)
        .containsExactly(now.get().plusSeconds(1));

    pass(Duration.ofSeconds(1));
    pool.sweep();
    assertThat(pool.processes()).isEmpty();
    await().until(() -> !process.alive());
    var after = reader(lane, before.nativeId());
    assertThat(after.origin()).isEqualTo("resumed");
    assertThat(bench.run(after.thread(), script().recall()).text()).isEqualTo("walrus");
  }

  @Test
  void R_LIFE_5_aThreadThatIdlesInAProcessOthersUseIsClosedAlone() throws Exception {
    var quiet = bench.ids.lane();
    var first = reader(quiet, null).thread();
    pass(IDLE.minusSeconds(1));
    var busy = reader(bench.ids.lane(), null).thread();
    bench.run(busy, script().say("here"));
    pass(Duration.ofSeconds(2));

    pool.sweep();

    await().until(() -> bench.received.messages("session/close").size() == 1);
    assertThat(busy.process().alive()).isTrue();
    assertThat(pool.processes().getFirst().lanes()).hasSize(1).doesNotContain(quiet);
    assertThat(reader(quiet, first.nativeId()).origin()).isEqualTo("resumed");
  }

  @Test
  void R_LIFE_6_beyondTheCeilingTheProcessUsedLongestAgoIsEnded() throws Exception {
    use(2, Long.MAX_VALUE);
    var a = writer("a");
    pass(Duration.ofMinutes(1));
    var b = writer("b");
    pass(Duration.ofMinutes(1));
    bench.run(a, script().say("used again"));
    pass(Duration.ofMinutes(1));

    var c = writer("c");

    assertThat(pool.processes())
        .extracting(ProcessView::pid)
        .containsExactlyInAnyOrder(a.process().pid(), c.process().pid());
    await().until(() -> !b.process().alive());
  }

  @Test
  void R_LIFE_6_beyondTheMemoryTheProcessUsedLongestAgoIsEnded() throws Exception {
    use(10, 1); // nothing fits, so all go that may
    var a = writer("a");
    var b = writer("b");
    pool.pin(processOf(b).id(), true);

    pool.sweep();

    await().until(() -> !a.process().alive());
    assertThat(pool.processes()).extracting(ProcessView::pid).containsExactly(b.process().pid());
  }

  @Test
  void R_LIFE_7_aTurnThatTakesLongerThanAnyIdlenessIsNotCutShort() throws Exception {
    use(1, 1);
    var thread = writer("a");
    var turn = bench.turn();
    var told = new Told();
    var running = Asking.prompt(thread, turn, script().say("a").hang().prompt(), told);
    told.first(AgentEvent.Text.class);

    pass(Duration.ofDays(1));
    pool.sweep();

    assertThat(running.running()).isTrue();
    assertThat(pool.processes().getFirst().turns()).isEqualTo(1);
    assertThatThrownBy(() -> writer("b"))
        .isInstanceOfSatisfying(
            AgentUnavailable.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo("too-many-processes");
              assertThat(e.problem().hint()).contains("processes.most");
            });
    thread.interrupt(turn);
    assertThat(running.end()).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(bench.run(writer("b"), script().say("now")).text()).isEqualTo("now");
  }

  @Test
  void aProcessThatIsKeptWarmStaysUntilItIsNot() throws Exception {
    var thread = reader(bench.ids.lane(), null).thread();
    var id = pool.processes().getFirst().id();
    pool.pin(id, true);
    pass(Duration.ofDays(7));
    pool.sweep();
    assertThat(thread.process().alive()).isTrue();
    assertThat(pool.processes().getFirst().evictsAt()).isNull();

    pool.pin(id, false);
    pool.sweep();
    await().until(() -> !thread.process().alive());
  }

  @Test
  void R_LIFE_16_sweepingAgainChangesNothing() throws Exception {
    reader(bench.ids.lane(), null);
    writer("a");
    pass(IDLE);
    pool.pin(pool.processes().getFirst().id(), true);
    pool.sweep();
    var after = pool.processes();
    pool.sweep();
    pool.sweep();
    assertThat(pool.processes())
        .usingRecursiveComparison()
        .ignoringFields("memory")
        .isEqualTo(after);
    assertThat(after).hasSize(1);
  }

  @Test
  void R_LIFE_4_aProcessThatWasEvictedEndedByIntention() throws Exception {
    var thread = reader(bench.ids.lane(), null).thread();
    var ends = new java.util.concurrent.ArrayBlockingQueue<Boolean>(1);
    thread.process().onEnd(end -> ends.add(end.intended()));
    pass(IDLE);
    pool.sweep();
    assertThat(ends.take()).isTrue();
  }

  @Test
  void anUpgradedAgentGetsANewProcessAndTheOldOneEndsWithItsLastTurn() throws Exception {
    var version = bench.folder.resolve("version");
    Files.writeString(version, "1.0.0");
    agent = versioned("cat", version.toString());
    use(10, Long.MAX_VALUE);
    registry().refresh(agent.name());
    var lane = bench.ids.lane();
    var thread = reader(lane, null).thread();
    bench.run(thread, script().remember("walrus"));
    var other = reader(bench.ids.lane(), null).thread();
    var told = new Told();
    var turn = bench.turn();
    var running = Asking.prompt(other, turn, script().say("a").hang().prompt(), told);
    told.first(AgentEvent.Text.class);

    Files.writeString(version, "1.1.0");
    registry().refresh(agent.name());
    var next = reader(lane, thread.nativeId());

    assertThat(next.origin()).isEqualTo("resumed");
    assertThat(next.thread().process().pid()).isNotEqualTo(other.process().pid());
    assertThat(pool.processes())
        .extracting(ProcessView::state, ProcessView::version)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("up", "1.1.0"),
            org.assertj.core.groups.Tuple.tuple("draining", "1.0.0"));
    assertThat(bench.run(next.thread(), script().recall()).text()).isEqualTo("walrus");
    assertThat(running.running()).isTrue();
    other.interrupt(turn);
    running.end();
    await().until(() -> pool.processes().size() == 1);
    await().until(() -> !other.process().alive());
  }

  @Test
  void anAgentThatIsTooOldIsRefusedWithTheCommandAndUsedOnceItWasUpgraded() throws Exception {
    var version = bench.folder.resolve("version");
    Files.writeString(version, "0.9.0");
    agent = versioned("cat", version.toString());
    use(10, Long.MAX_VALUE);
    registry().refresh(agent.name());
    assertThatThrownBy(() -> reader(bench.ids.lane(), null))
        .isInstanceOfSatisfying(
            AgentUnavailable.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo("agent-outdated");
              assertThat(e.problem().detail()).contains("0.9.0").contains("1.0.0");
              assertThat(e.problem().hint()).contains("install-scripted");
            });
    assertThat(pool.processes()).isEmpty();

    Files.writeString(version, "1.0.0");
    assertThat(bench.run(reader(bench.ids.lane(), null).thread(), script().say("up")).text())
        .isEqualTo("up");
  }

  private @Nullable Registry registry;

  private Registry registry() {
    return java.util.Objects.requireNonNull(registry);
  }

  private void use(int processes, long memory) {
    if (pool != null) {
      pool.close();
    }
    registry = new Registry(List.of(agent), Map.of("acp", bench.driver(Limits.DEFAULT)));
    pool =
        new AgentPool(
            registry,
            now::get,
            new PoolLimits(processes, memory, IDLE, Duration.ofDays(1), Duration.ofDays(1), 3));
  }

  /// Needs at least 1.0.0 and tells its version by a command alone.
  private Agent versioned(String... command) {
    var known =
        ScriptedAgents.agent(
            Habits.good()
                .without("version")
                .log(bench.folder.resolve("received"))
                .state(bench.folder.resolve("state")));
    return new Agent(
        known.name(),
        known.title(),
        known.driver(),
        known.argv(),
        known.environment(),
        List.of(command),
        known.install(),
        known.login(),
        true,
        "1.0.0",
        "1.1.0",
        null,
        List.of());
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  private ProcessView processOf(AgentThread thread) {
    return pool.processes().stream()
        .filter(process -> process.pid() == thread.process().pid())
        .findFirst()
        .orElseThrow();
  }

  private PooledThread reader(LaneId lane, @Nullable String nativeId) throws Exception {
    return pool.thread(
        lane, agent, new Launch(null, bench.work(), Map.of()), bench.settings(), nativeId);
  }

  private AgentThread writer(String name) throws Exception {
    var root = Files.createDirectories(bench.folder.resolve(name)).toRealPath();
    return pool.thread(
            bench.ids.lane(),
            agent,
            new Launch(root, root, Map.of()),
            ThreadSettings.writing(root),
            null)
        .thread();
  }
}
