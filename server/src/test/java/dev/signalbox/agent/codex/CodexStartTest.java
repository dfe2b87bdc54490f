package dev.signalbox.agent.codex;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.McpServer;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.event.Problem;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.ScriptedAgents;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Starts and openings that go well, badly, or not at all.
@Timeout(180)
class CodexStartTest {
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
  void R_DRV_8_itTellsItsVersionAndWhatItCan() throws Exception {
    var process = bench.start(Habits.good());
    assertThat(process.version()).isEqualTo("7.7.7");
    assertThat(process.capabilities().fork()).isTrue();
    assertThat(process.capabilities().steer()).isTrue();
    assertThat(process.healthy()).isTrue();
    assertThat(bench.received.messages("initialized")).hasSize(1);
    process.kill();
    assertThat(process.healthy()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "silent, agent-unavailable, did not answer `initialize` within 2 s",
    "crash, crash, exit code 7",
    "refuse, agent-error, scripted refusal"
  })
  void aStartThatFailsIsToldInWordsAndLeavesNothing(String way, String code, String words) {
    var problem = refused(Habits.good().spoil("initialize", way), Workbench.SHORT_START);
    assertThat(problem.code()).isEqualTo(code);
    assertThat(problem.detail()).contains(words);
  }

  @Test
  void R_DRV_12_nobodyLoggedInIsSaidBeforeAnythingIsSent() {
    var problem = refused(Habits.good().spoil("initialize", "unauthorized"), Limits.DEFAULT);
    assertThat(problem.code()).isEqualTo("login");
    assertThat(problem.action()).isEqualTo("login");
    assertThat(problem.hint()).contains("scripted login");
    assertThat(bench.received.messages("thread/start")).isEmpty();
  }

  @Test
  void linesThatAreNoMessagesEndNothing() throws Exception {
    var process = bench.start(Habits.good().firstLine("WARNING: not JSON"));
    var told =
        bench.run(bench.thread(process), script().line("{\"half\":").garbage(100_000).say("a"));
    assertThat(told.text()).isEqualTo("a");
  }

  @ParameterizedTest
  @CsvSource({"silent, did not answer `thread/start` within 2 s", "refuse, scripted refusal"})
  void aConversationThatDoesNotBeginIsToldInWords(String way, String words) throws Exception {
    var process = bench.start(Habits.good().spoil("new", way), Workbench.SHORT_OPEN);
    var e = catchThrowableOfType(AgentUnavailable.class, () -> bench.thread(process));
    assertThat(e.problem().detail()).contains(words);
  }

  @Test
  void aTurnThatDoesNotBeginIsGivenUp() throws Exception {
    var process = bench.start(Habits.good().spoil("prompt", "silent"), Workbench.SHORT_OPEN);
    var thread = bench.thread(process);
    var e =
        catchThrowableOfType(
            AgentUnavailable.class, () -> bench.run(thread, script().say("x"), new Told()));
    assertThat(e.problem().detail()).contains("did not answer `turn/start` within 2 s");
  }

  @Test
  void aTurnThatIsRefusedFailsAndTheConversationGoesOn() throws Exception {
    var process = bench.start(Habits.good().spoil("prompt", "refuse"));
    var result = bench.run(bench.thread(process), script().say("x"), new Told());
    assertThat(result).isInstanceOf(TurnResult.Failed.class);
    assertThat(((TurnResult.Failed) result).problem().detail()).contains("scripted refusal");
  }

  @Test
  void closingAConversationThatHangsInItsBeginningEndsThePrompt() throws Exception {
    var process = bench.start(Habits.good().spoil("prompt", "silent"));
    var thread = bench.thread(process);
    var turn = Asking.prompt(thread, bench.turn(), "x", new Told());
    await().until(() -> !bench.received.messages("turn/start").isEmpty());
    thread.close();
    var e = catchThrowableOfType(AgentUnavailable.class, turn::end);
    assertThat(e.problem().detail()).contains("was ended by Signalbox");
  }

  @Test
  void R_DRV_11_modelAndEffortAreThoseOfTheNextTurnAndStay() throws Exception {
    var process = bench.start(Habits.good().models("one", "two", "hidden-one"));
    var thread = bench.thread(process);
    assertThat(thread.offers().models()).extracting(Choice::id).containsExactly("one", "two");
    assertThat(thread.offers().model()).isEqualTo("one");
    assertThat(thread.offers().efforts()).extracting(Choice::id).containsExactly("low", "high");
    assertThat(thread.offers().effort()).isEqualTo("low");

    var settings = new TurnSettings("two", null, "high");
    assertThat(bench.run(thread, script().whoAmI(), settings).text())
        .contains("model=two", "effort=high");
    assertThat(bench.run(thread, script().whoAmI()).text()).contains("model=two", "effort=high");
    assertThat(thread.offers().model()).isEqualTo("two");
    assertThat(thread.offers().effort()).isEqualTo("high");
  }

  @Test
  void aModeNobodyKnowsIsRefusedAndNothingIsSent() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var settings = new TurnSettings(null, "yolo", null);
    var prompt = new Prompt("x", List.of());
    var result = Asking.prompt(thread, bench.turn(), prompt, settings, new Told()).end();
    assertThat(((TurnResult.Failed) result).problem().hint()).contains("ask, auto, plan");
    assertThat(bench.received.messages("turn/start")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "false, , workspaceWrite, on-request, false",
    "false, auto, workspaceWrite, on-request, false",
    "false, ask, workspaceWrite, untrusted, false",
    "false, plan, readOnly, on-request, true",
    "true, , readOnly, on-request, false",
    "true, ask, readOnly, on-request, false",
    "true, auto, readOnly, on-request, false",
    "true, plan, readOnly, on-request, true"
  })
  void whatATurnMayDoIsMadeOfTheConversationsPowersAndTheMode(
      boolean readOnly, String mode, String sandbox, String approvals, boolean plan)
      throws Exception {
    var process = bench.start(Habits.good());
    var settings = new ThreadSettings(bench.work(), readOnly, List.of());
    var thread = process.open(settings);
    var begun = bench.received.messages("thread/start").getLast().path("params");
    assertThat(begun.path("sandbox").asString(""))
        .isEqualTo(readOnly ? "read-only" : "workspace-write");
    var chosen = new TurnSettings(null, mode, null);
    assertThat(bench.run(thread, script().whoAmI(), chosen).text())
        .contains("sandbox=" + sandbox, "approvals=" + approvals, "plan=" + plan);
  }

  @Test
  void theSettingsSayInWhichModeConversationsBegin() throws Exception {
    var agent = ScriptedAgents.codex(Habits.good()).with(Agent.Setup.modes("plan", "ask"));
    var launch = new Launch(null, bench.work(), Map.of());
    try (var process = bench.driver(Limits.DEFAULT).start(agent, launch)) {
      assertThat(process.open(ThreadSettings.writing(bench.work())).offers().mode())
          .isEqualTo("ask");
      assertThat(process.open(ThreadSettings.readOnly(bench.work())).offers().mode())
          .isEqualTo("plan");
    }
  }

  @Test
  void planModeIsLeftWhenAnotherModeIsChosen() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var plan = new TurnSettings(null, "plan", null);
    var auto = new TurnSettings(null, "auto", null);
    assertThat(bench.run(thread, script().whoAmI(), plan).text()).contains("plan=true");
    assertThat(thread.offers().mode()).isEqualTo("plan");
    assertThat(bench.run(thread, script().whoAmI(), auto).text())
        .contains("plan=false", "sandbox=workspaceWrite");
  }

  @Test
  void whatTheUsersConfigurationAddsToTheSandboxIsKept() throws Exception {
    var thread = bench.thread(bench.start(Habits.good().writableRoots("/elsewhere")));
    bench.run(thread, script().say("x"));
    var policy = bench.received.messages("turn/start").getLast().at("/params/sandboxPolicy");
    assertThat(policy.at("/writableRoots/0").asString("")).isEqualTo("/elsewhere");
  }

  @Test
  void itsHomeIsGivenByEnvironment() throws Exception {
    var home = bench.folder.resolve("its-home");
    var launch = new Launch(null, bench.work(), Map.of(), home, true, "none");
    var process = bench.start(Habits.good(), Limits.DEFAULT, launch);
    var told = bench.run(bench.thread(process), script().environment("CODEX_HOME"));
    assertThat(told.text()).isEqualTo(home.toString());
  }

  @Test
  void mcpServersAreHandedOver() throws Exception {
    var process = bench.start(Habits.good());
    process.open(
        new ThreadSettings(
            bench.work(),
            false,
            List.of(
                new McpServer.Stdio("tiny", List.of("/bin/tiny", "-v"), Map.of("KEY", "1")),
                new McpServer.Http("far", "http://127.0.0.1/mcp", Map.of("X", "y")))));
    var config = bench.received.messages("thread/start").getLast().at("/params/config");
    assertThat(config.path("mcp_servers.tiny").toString())
        .isEqualTo("{\"command\":\"/bin/tiny\",\"args\":[\"-v\"],\"env\":{\"KEY\":\"1\"}}");
    assertThat(config.path("mcp_servers.far").toString())
        .isEqualTo("{\"url\":\"http://127.0.0.1/mcp\",\"http_headers\":{\"X\":\"y\"}}");
  }

  @Test
  void R_DRV_12_theProbeTellsWhatCanBeChosen() throws Exception {
    Agent agent = ScriptedAgents.codex(Habits.good().models("one"));
    var probe = bench.driver(Limits.DEFAULT).probe(agent);
    assertThat(probe.ready()).isTrue();
    assertThat(probe.version()).isEqualTo("7.7.7");
    assertThat(probe.offers().modes())
        .extracting(Choice::id)
        .containsExactly("ask", "auto", "plan");
    assertThat(probe.offers().mode()).isEqualTo("auto");
  }

  private Problem refused(Habits habits, Limits limits) {
    return catchThrowableOfType(AgentUnavailable.class, () -> bench.start(habits, limits))
        .problem();
  }
}
