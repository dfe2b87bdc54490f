package dev.signalbox.agent.acp;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.event.Problem;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.ScriptedAgents;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// From the start of an agent to its end.
@Timeout(180)
class AcpStartTest {
  private Workbench bench;

  @BeforeEach
  void open(@TempDir Path folder) {
    bench = new Workbench(folder);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void R_DRV_8_capabilitiesAreThoseTheAgentTells() throws Exception {
    var all = bench.start(Habits.good()).capabilities();
    assertThat(all.load()).isTrue();
    assertThat(all.resume()).isTrue();
    assertThat(all.close()).isTrue();
    assertThat(all.images()).isTrue();
    assertThat(all.fork()).isFalse();
    var none =
        bench
            .start(
                Habits.good().without("load").without("resume").without("close").without("image"))
            .capabilities();
    assertThat(none.load() || none.resume() || none.close() || none.images()).isFalse();
  }

  @Test
  void R_WARM_9_anAgentThatNeverAnswersInitialiseIsGivenUpAndEnded() {
    var problem =
        refused(
            () -> bench.start(Habits.good().spoil("initialize", "silent"), Workbench.SHORT_START));
    assertThat(problem.code()).isEqualTo("agent-unavailable");
    assertThat(problem.detail()).contains("did not answer `initialize` within 2 s");
    nothingIsLeft();
  }

  @Test
  void R_WARM_9_theLimitsAreThoseThatWerePromised() {
    assertThat(Limits.DEFAULT.start()).isEqualTo(Duration.ofSeconds(30));
    assertThat(Limits.DEFAULT.open()).isEqualTo(Duration.ofSeconds(30));
    assertThat(Limits.DEFAULT.resume()).isLessThan(Duration.ofSeconds(90));
  }

  @Test
  @Tag("R-WARM-9")
  void anAgentThatCrashesAtItsStartIsToldWithItsLastWords() {
    var problem = refused(() -> bench.start(Habits.good().spoil("initialize", "crash")));
    assertThat(problem.code()).isEqualTo("crash");
    assertThat(problem.detail()).contains("exit code 7");
    assertThat(problem.stderr()).contains("scripted crash at initialize");
    nothingIsLeft();
  }

  @Test
  void anAgentThatRefusesInitialiseIsEnded() {
    var problem = refused(() -> bench.start(Habits.good().spoil("initialize", "refuse")));
    assertThat(problem.code()).isEqualTo("agent-error");
    assertThat(problem.detail()).contains("scripted refusal");
    nothingIsLeft();
  }

  @Test
  void R_DRV_8_anotherProtocolVersionIsRefusedInPlainWords() {
    var problem = refused(() -> bench.start(Habits.good().protocolVersion(2)));
    assertThat(problem.detail()).contains("speaks version 2 of ACP");
    nothingIsLeft();
  }

  @Test
  void anAgentThatTalksBeforeItSpeaksTheProtocolIsUnderstood() throws Exception {
    var process = bench.start(Habits.good().firstLine("Welcome to the agent!"));
    assertThat(bench.run(bench.thread(process), script().say("hi")).text()).isEqualTo("hi");
  }

  @Test
  @Tag("R-DRV-12")
  void aMissingProgramSaysHowToInstallIt() {
    var agent = agent("no-such-agent-anywhere");
    var problem =
        refused(() ->
            bench.driver(Limits.DEFAULT).start(agent, new Launch(null, bench.work(), Map.of())));
    assertThat(problem.action()).isEqualTo("install");
    assertThat(problem.hint()).isEqualTo("Install it: npm install it");
  }

  @ParameterizedTest
  @CsvSource({
    "new, refuse, agent-error",
    "new, login, login",
    "new, crash, crash",
    "new, silent, agent-unavailable"
  })
  void anAgentThatCannotBeginAConversationSaysWhy(String step, String way, String code)
      throws Exception {
    var process = bench.start(Habits.good().spoil(step, way), Workbench.SHORT_OPEN);
    assertThat(refused(() -> bench.thread(process)).code()).isEqualTo(code);
  }

  @Test
  @Tag("R-DRV-12")
  void aMissingLoginNamesTheCommand() throws Exception {
    var process = bench.start(Habits.good().spoil("new", "login"));
    var problem = refused(() -> bench.thread(process));
    assertThat(problem.action()).isEqualTo("login");
    assertThat(problem.hint()).isEqualTo("Log in, in a terminal: scripted login");
  }

  @Test
  void trap12_updatesBeforeTheAnswerToNewAreNotLost() throws Exception {
    var commands =
        "{\"sessionUpdate\":\"available_commands_update\",\"availableCommands\":[{\"name\":\"early\",\"description\":\"d\"}]}";
    var usage = "{\"sessionUpdate\":\"usage_update\",\"used\":0,\"size\":128000}";
    var thread = bench.thread(Habits.good().updatesBeforeNew(usage, commands));
    var told = bench.run(thread, script().say("x"));
    assertThat(told.events().subList(0, 2))
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactlyInAnyOrder("UsageReported", "Commands");
  }

  @Test
  @Tag("R-DRV-7")
  void trap11_commandsBetweenTwoTurnsReachTheListener() throws Exception {
    var commands =
        "{\"sessionUpdate\":\"available_commands_update\",\"availableCommands\":[{\"name\":\"late\",\"description\":\"d\"}]}";
    var thread = bench.thread(Habits.good().updatesAfterNew(commands));
    var heard = new AtomicReference<Object>();
    thread.outside(heard::set);
    await().until(() -> heard.get() != null);
    assertThat(heard.get().toString()).contains("late");
    assertThat(bench.run(thread, script().say("x")).events()).hasSize(1);
  }

  @Test
  void R_BOX_7_theAgentGetsItsOwnEnvironmentAndNoSecretOfTheServer() throws Exception {
    var server =
        Map.of(
            "PATH",
            System.getenv("PATH"),
            "HOME",
            bench.folder.toString(),
            "DECOY_SECRET",
            "sekret",
            "WANTED",
            "value");
    var driver = new AcpDriver(new AgentChildren(bench.children, server));
    var habits = Habits.good().log(bench.folder.resolve("received"));
    var environment = new HashMap<>(habits.environment());
    environment.put("GIVEN", "${WANTED}");
    var base = ScriptedAgents.agent(habits);
    var agent =
        new Agent(
            base.name(),
            base.title(),
            "acp",
            base.argv(),
            environment,
            List.of(),
            null,
            null,
            true);
    var process = driver.start(agent, new Launch(null, bench.work(), Map.of("LANE", "worker")));
    try (process) {
      var told =
          bench.run(
              bench.thread(process),
              script()
                  .environment("DECOY_SECRET")
                  .environment("WANTED")
                  .environment("GIVEN")
                  .environment("LANE")
                  .environment("HOME"));
      assertThat(told.text()).isEqualTo("unsetunsetvalueworker" + bench.folder);
    }
  }

  @Test
  void standardErrorIsDrainedAndShownWithACrash() throws Exception {
    var process = bench.start(Habits.good());
    var thread = bench.thread(process);
    var problem =
        refused(() ->
            bench.run(
                thread,
                script().standardError("x".repeat(300_000)).standardError("the cause").crash(3)));
    assertThat(problem.code()).isEqualTo("crash");
    assertThat(problem.detail()).contains("exit code 3");
    assertThat(problem.stderr()).contains("the cause");
  }

  @Test
  void R_LIFE_3_aCrashEndsTheTurnsOfAllConversationsOnce() throws Exception {
    var process = bench.start(Habits.good());
    var one = bench.thread(process);
    var two = bench.thread(process);
    var told = new Told();
    var hanging = Asking.prompt(one, bench.turn(), script().say("a").hang().prompt(), told);
    told.first(AgentEvent.Text.class);
    assertThat(refused(() -> bench.run(two, script().die())).detail()).contains("SIGKILL");
    assertThat(refused(hanging::end).detail()).contains("SIGKILL");
    assertThat(told.text()).isEqualTo("a");
    assertThat(process.alive()).isFalse();
  }

  @Test
  void aCrashRightAfterTheAnswerIsTheNextTurnsProblem() throws Exception {
    var process = bench.start(Habits.good().crashAfterPrompt());
    var thread = bench.thread(process);
    assertThat(bench.run(thread, script().say("done")).text()).isEqualTo("done");
    await().until(() -> !process.alive());
    assertThat(refused(() -> bench.run(thread, script())).code()).isEqualTo("crash");
  }

  @Test
  @Tag("R-LIFE-12")
  void anAgentThatIgnoresEveryPoliteWishIsEndedAllTheSame() throws Exception {
    var process = bench.start(Habits.good().ignoreEndOfInput().ignoreTerm());
    var handle = ProcessHandle.of(process.pid()).orElseThrow();
    process.close();
    assertThat(handle.isAlive()).isFalse();
    nothingIsLeft();
  }

  @Test
  @Tag("R-LIFE-12")
  void whatAnAgentForkedGoesWithIt() throws Exception {
    var process = bench.start(Habits.good());
    var told = bench.run(bench.thread(process), script().fork(3));
    assertThat(told.text()).startsWith("children: ");
    assertThat(bench.alive()).isGreaterThan(3);
    process.kill();
    nothingIsLeft();
  }

  private void nothingIsLeft() {
    await().until(() -> bench.alive() == 0);
  }

  private static Problem refused(ThrowingCallable call) {
    return catchThrowableOfType(AgentUnavailable.class, call).problem();
  }

  private static Agent agent(String program) {
    return new Agent(
        "x", "X", "acp", List.of(program), Map.of(), List.of(), "npm install it", null, true);
  }
}
