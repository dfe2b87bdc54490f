package dev.signalbox.agent.acp;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
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
import dev.signalbox.refusal.Refused;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.ScriptedAgents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The pool over real processes of scripted agents.
@Timeout(180)
class AgentPoolTest {
  private Workbench bench;
  private Habits habits;
  private Registry registry;
  private AgentPool pool;
  private Agent agent;
  private Limits limits = Limits.DEFAULT;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    bench = new Workbench(folder);
    habits =
        Habits.good()
            .log(folder.resolve("received"))
            .state(Files.createDirectories(folder.resolve("state")));
    use(habits);
  }

  @AfterEach
  void close() {
    pool.close();
    bench.close();
  }

  @Test
  void R_WARM_1_aLaneHasOneThreadInOneProcess() throws Exception {
    var lane = bench.ids.lane();
    var first = thread(lane);
    assertThat(first.origin()).isEqualTo("new");
    bench.run(first.thread(), script().say("one"));
    var second = thread(lane);
    assertThat(second.origin()).isEqualTo("warm");
    assertThat(second.thread()).isSameAs(first.thread());
    bench.run(second.thread(), script().say("two"));
    assertThat(bench.received.starts()).isEqualTo(1);
    assertThat(bench.received.messages("session/new")).hasSize(1);
    assertThat(bench.received.messages("initialize")).hasSize(1);
  }

  @Test
  void R_WARM_2_aProcessThatBeganBeforeItsVersionWasKnownIsKept() throws Exception {
    var lane = bench.ids.lane();
    thread(lane);
    assertThat(registry.refresh("scripted").version()).isEqualTo("7.7.7"); // one start of its own

    assertThat(thread(lane).origin()).isEqualTo("warm");
    thread(bench.ids.lane());
    assertThat(bench.received.starts()).isEqualTo(2);
  }

  @Test
  void R_WARM_3_fiveLanesThatComeAtOnceStartOneProcess() throws Exception {
    var threads = atOnce(5, () -> thread(bench.ids.lane()).thread());
    assertThat(new HashSet<>(threads)).hasSize(5);
    assertThat(bench.received.starts()).isEqualTo(1);
    assertThat(bench.received.messages("session/new")).hasSize(5);
  }

  @Test
  void R_WARM_3_fiveWishesOfOneLaneOpenOneThread() throws Exception {
    var lane = bench.ids.lane();
    var threads = atOnce(5, () -> thread(lane));
    assertThat(threads.stream().map(PooledThread::thread).distinct()).hasSize(1);
    assertThat(threads.stream().filter(t -> t.origin().equals("new"))).hasSize(1);
    assertThat(bench.received.messages("session/new")).hasSize(1);
  }

  @Test
  void R_WARM_3_aStartThatFailedIsTriedAgain() throws Exception {
    var program = bench.folder.resolve("agent");
    var base = ScriptedAgents.agent(habits);
    agent = agent(List.of(program.toString()), base.environment());
    use(List.of(agent));
    var lane = bench.ids.lane();
    var e = catchThrowableOfType(AgentUnavailable.class, () -> thread(lane));
    assertThat(e.problem().detail()).contains("no such file");

    Files.writeString(program, "#!/bin/sh\nexec '" + String.join("' '", Habits.command()) + "'\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(bench.run(thread(lane).thread(), script().say("up")).text()).isEqualTo("up");
  }

  @Test
  void R_WARM_9_everybodyWhoWaitedForAStartHearsThatItFailedAndTheNextTryStartsAgain()
      throws Exception {
    limits = Workbench.SHORT_START;
    use(habits.spoil("initialize", "silent"));
    var failures =
        atOnce(
            3, () -> catchThrowableOfType(AgentUnavailable.class, () -> thread(bench.ids.lane())));
    assertThat(failures)
        .allSatisfy(e -> assertThat(e.problem().detail()).contains("did not answer"));
    int starts = bench.received.starts();
    assertThatThrownBy(() -> thread(bench.ids.lane())).isInstanceOf(AgentUnavailable.class);
    assertThat(bench.received.starts()).isEqualTo(starts + 1);
    assertThat(pool.processes()).isEmpty();
    await().until(() -> bench.alive() == 0);
  }

  @Test
  void R_WARM_8_aThreadWhoseProcessDiedBeforeThePromptMovesToANewOne() throws Exception {
    var thread = thread(bench.ids.lane()).thread();
    bench.run(thread, script().remember("walrus"));
    var first = thread.process().pid();
    kill(thread);
    var told = bench.run(thread, script().recall());
    assertThat(told.text()).isEqualTo("walrus");
    assertThat(told.all(AgentEvent.Notice.class)).isEmpty();
    assertThat(thread.process().pid()).isNotEqualTo(first);
  }

  @Test
  void R_WARM_8_aThreadThatMovedWithoutItsMemorySaysSo() throws Exception {
    use(habits.without("resume").without("load"));
    var thread = thread(bench.ids.lane()).thread();
    bench.run(thread, script().remember("walrus"));
    kill(thread);
    var told = bench.run(thread, script().recall());
    assertThat(told.text()).isEqualTo("nothing");
    assertThat(told.first(AgentEvent.Notice.class).code()).isEqualTo("memory-lost");
  }

  @Test
  void R_LIFE_1_afterACrashTheNextTurnIsInANewProcessWithTheOldConversation() throws Exception {
    var lane = bench.ids.lane();
    var before = thread(lane).thread();
    bench.run(before, script().remember("walrus"));
    kill(before);
    await().until(() -> pool.processes().isEmpty());
    var after = thread(lane, before.nativeId());
    assertThat(after.origin()).isEqualTo("resumed");
    assertThat(bench.run(after.thread(), script().recall()).text()).isEqualTo("walrus");
  }

  @ParameterizedTest
  @CsvSource({"resume, resumed", "load, resumed", "neither, new"})
  void R_LIFE_8_aConversationOfAnEarlierServerIsTakenUpWhereTheAgentCan(String can, String origin)
      throws Exception {
    use(
        switch (can) {
          case "load" -> habits.without("resume");
          case "neither" -> habits.without("resume").without("load");
          default -> habits;
        });
    var lane = bench.ids.lane();
    var before = thread(lane).thread();
    bench.run(before, script().remember("walrus"));
    var id = before.nativeId();
    pool.close();

    use(List.of(agent));
    var after = thread(lane, id);
    assertThat(after.origin()).isEqualTo(origin);
    assertThat(bench.run(after.thread(), script().recall()).text())
        .isEqualTo(origin.equals("resumed") ? "walrus" : "nothing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"silent", "refuse", "crash"})
  void R_LIFE_9_aResumeThatHangsRefusesOrCrashesFallsBackToANewConversation(String way)
      throws Exception {
    limits = Workbench.SHORT_RESUME;
    use(habits.spoil("resume", way));
    var pooled = thread(bench.ids.lane(), "conversation-of-yesterday");
    assertThat(pooled.origin()).isEqualTo("new");
    assertThat(bench.run(pooled.thread(), script().say("fine")).text()).isEqualTo("fine");
  }

  @Test
  void readersShareAProcessWhateverFolderTheyReadAndWritersOnlyWithinOneRoot() throws Exception {
    var a = folder("a");
    var b = folder("b");
    var readers =
        List.of(
            pid(thread(new Launch(null, a, Map.of()), a)),
            pid(thread(new Launch(null, b, Map.of()), b)));
    assertThat(new HashSet<>(readers)).hasSize(1);
    var writers =
        List.of(
            pid(thread(new Launch(a, a, Map.of()), a)),
            pid(thread(new Launch(a, a, Map.of()), a)),
            pid(thread(new Launch(b, b, Map.of()), b)),
            pid(thread(new Launch(a, a, Map.of("HOME_OF", "planner")), a)));
    assertThat(writers.get(0)).isEqualTo(writers.get(1));
    assertThat(new HashSet<>(writers)).hasSize(3).doesNotContain(readers.getFirst());
  }

  @Test
  void conversationsInOneProcessHaveTheirOwnFolders() throws Exception {
    var a = folder("a");
    var b = folder("b");
    var one = thread(new Launch(null, a, Map.of()), a);
    var two = thread(new Launch(null, b, Map.of()), b);
    assertThat(bench.run(one, script().whoAmI()).text()).contains("cwd=" + a + " ");
    assertThat(bench.run(two, script().whoAmI()).text()).contains("cwd=" + b + " ");
  }

  @Test
  void aLaneWhoseRootChangedMovesAndItsOldThreadIsClosed() throws Exception {
    var a = folder("a");
    var b = folder("b");
    var lane = bench.ids.lane();
    var before =
        pool.thread(lane, agent, new Launch(a, a, Map.of()), ThreadSettings.writing(a), null);
    var after =
        pool.thread(lane, agent, new Launch(b, b, Map.of()), ThreadSettings.writing(b), null);
    assertThat(after.thread()).isNotSameAs(before.thread());
    await().until(() -> bench.received.messages("session/close").size() == 1);
  }

  @Test
  void R_INT_8_aSoleProcessThatDoesNotObeyIsKilledAndTheLaneGoesOn() throws Exception {
    var lane = bench.ids.lane();
    var thread = thread(lane).thread();
    bench.run(thread, script().remember("walrus"));
    var stuck = stuck(thread);
    pool.replace(thread);
    assertThatThrownBy(stuck::end).isInstanceOf(AgentUnavailable.class);
    assertThat(thread.process().alive()).isFalse();
    var next = thread(lane, thread.nativeId());
    assertThat(next.origin()).isEqualTo("resumed");
    assertThat(bench.run(next.thread(), script().recall()).text()).isEqualTo("walrus");
    assertThat(bench.received.starts()).isEqualTo(2);
  }

  @Test
  void R_INT_8_aSharedProcessThatDoesNotObeyIsDrainedAndTheNeighboursTurnGoesOn() throws Exception {
    var lane = bench.ids.lane();
    var mine = thread(lane).thread();
    var neighbour = thread(bench.ids.lane()).thread();
    var heard = new Told();
    var running = Asking.prompt(neighbour, bench.turn(), script().count(40, 50).prompt(), heard);
    heard.first(AgentEvent.Text.class);
    var stuck = stuck(mine);
    var old = mine.process();

    pool.replace(mine);
    assertThatThrownBy(stuck::end).isInstanceOf(AgentUnavailable.class);
    assertThat(running.running()).isTrue();
    var next = thread(lane, mine.nativeId()).thread();
    assertThat(next.process().pid()).isNotEqualTo(old.pid());
    assertThat(bench.run(next, script().say("fine")).text()).isEqualTo("fine");
    assertThat(running.end()).isInstanceOf(TurnResult.Completed.class);
    assertThat(heard.text()).endsWith("39 ");
    await().until(() -> !old.alive());
  }

  @Test
  void closingALaneClosesItsThreadsAndLeavesTheProcessToOthers() throws Exception {
    var lane = bench.ids.lane();
    var mine = thread(lane).thread();
    var other = thread(bench.ids.lane()).thread();
    pool.closeLane(lane);
    pool.closeLane(lane);
    await().until(() -> bench.received.messages("session/close").size() == 1);
    assertThatThrownBy(() -> bench.run(mine, script().say("x")))
        .isInstanceOf(AgentUnavailable.class);
    assertThat(bench.run(other, script().say("y")).text()).isEqualTo("y");
    assertThat(thread(lane).origin()).isEqualTo("new");
  }

  @Test
  void R_LIFE_18_processesAreListedWithWhoUsesThem() throws Exception {
    var lane = bench.ids.lane();
    var other = bench.ids.lane();
    var thread = thread(lane).thread();
    thread(other);
    var view = pool.processes().getFirst();
    assertThat(view.agent()).isEqualTo("scripted");
    assertThat(view.pid()).isEqualTo(thread.process().pid());
    assertThat(view.lanes()).containsExactly(lane, other);
    assertThat(view.memory()).isPositive();
    assertThat(view.idleSince()).isNotNull();
    assertThat(view.pinned()).isFalse();

    var turn = bench.turn();
    var told = new Told();
    var hanging = Asking.prompt(thread, turn, script().say("a").hang().prompt(), told);
    told.first(AgentEvent.Text.class);
    assertThat(pool.processes().getFirst().idleSince()).isNull();
    thread.interrupt(turn);
    hanging.end();
    pool.pin(view.id(), true);
    assertThat(pool.processes().getFirst().pinned()).isTrue();
    pool.pin(view.id(), false);
    assertThat(pool.processes()).extracting(ProcessView::pinned).containsExactly(false);
  }

  @Test
  void aProcessCanBeStoppedAndIsStartedAgainWhenNeeded() throws Exception {
    var lane = bench.ids.lane();
    var thread = thread(lane).thread();
    pool.stop(pool.processes().getFirst().id());
    assertThat(pool.processes()).isEmpty();
    assertThat(thread.process().alive()).isFalse();
    assertThat(thread(lane, thread.nativeId()).origin()).isEqualTo("resumed");
    assertThatThrownBy(() -> pool.stop("a_999")).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> pool.pin("a_999", true)).isInstanceOf(Refused.class);
  }

  @Test
  void closingThePoolEndsAllProcessesAndRefusesFurtherOnes() throws Exception {
    thread(bench.ids.lane());
    thread(new Launch(folder("a"), folder("a"), Map.of()), folder("a"));
    assertThat(pool.processes()).hasSize(2);
    pool.close();
    pool.close();
    assertThat(bench.alive()).isZero();
    assertThatThrownBy(() -> thread(bench.ids.lane())).isInstanceOf(Refused.class);
  }

  @Test
  void anAgentWithADriverNobodyHasIsRefusedEachTime() {
    var odd =
        new Agent("odd", "Odd", "telepathy", List.of("x"), Map.of(), List.of(), null, null, true);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() ->
              pool.thread(
                  bench.ids.lane(),
                  odd,
                  new Launch(null, bench.work(), Map.of()),
                  bench.settings(),
                  null))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("telepathy");
    }
  }

  @Test
  void R_DRV_12_aLoginThatIsMissingIsKnownAfterTheFirstTry() throws Exception {
    use(habits.spoil("new", "login"));
    assertThatThrownBy(() -> thread(bench.ids.lane())).isInstanceOf(AgentUnavailable.class);
    var view = registry.all().getFirst();
    assertThat(view.ready()).isFalse();
    assertThat(view.reason()).contains("scripted login");
  }

  @Test
  void whatAnOpenThreadOffersIsKnownToTheRegistry() throws Exception {
    use(habits.models("m1", "m2"));
    thread(bench.ids.lane());
    var view = registry.all().getFirst();
    assertThat(view.ready()).isTrue();
    assertThat(view.models()).hasSize(2);
  }

  private void use(Habits habits) {
    agent = ScriptedAgents.agent(habits);
    use(List.of(agent));
  }

  private void use(List<Agent> agents) {
    if (pool != null) {
      pool.close();
    }
    registry = new Registry(agents, Map.of("acp", bench.driver(limits)));
    pool = new AgentPool(registry, InstantSource.system(), PoolLimits.usual());
  }

  private PooledThread thread(LaneId lane) throws Exception {
    return thread(lane, null);
  }

  private PooledThread thread(LaneId lane, @Nullable String nativeId) throws Exception {
    return pool.thread(
        lane, agent, new Launch(null, bench.work(), Map.of()), bench.settings(), nativeId);
  }

  private AgentThread thread(Launch launch, Path directory) throws Exception {
    return pool.thread(bench.ids.lane(), agent, launch, ThreadSettings.writing(directory), null)
        .thread();
  }

  private static long pid(AgentThread thread) {
    return thread.process().pid();
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(bench.folder.resolve(name)).toRealPath();
  }

  private static void kill(AgentThread thread) {
    var process = ProcessHandle.of(thread.process().pid()).orElseThrow();
    process.destroyForcibly();
    await().until(() -> !process.isAlive());
  }

  /// A turn that was interrupted and does not care.
  private Asking stuck(AgentThread thread) {
    var turn = bench.turn();
    var told = new Told();
    var stuck = Asking.prompt(thread, turn, script().ignoreCancel().say("a").hang().prompt(), told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(turn);
    return stuck;
  }

  private static Agent agent(List<String> argv, Map<String, String> environment) {
    return new Agent(
        "scripted", "Scripted agent", "acp", argv, environment, List.of(), null, null, true);
  }

  private static <T> List<T> atOnce(int count, Callable<T> call) throws Exception {
    var start = new CountDownLatch(1);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<java.util.concurrent.Future<T>>();
      for (int i = 0; i < count; i++) {
        futures.add(
            executor.submit(() -> {
              start.await();
              return call.call();
            }));
      }
      start.countDown();
      var results = new ArrayList<T>();
      for (var future : futures) {
        results.add(future.get());
      }
      return results;
    }
  }
}
