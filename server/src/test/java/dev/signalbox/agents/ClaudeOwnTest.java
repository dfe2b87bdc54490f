package dev.signalbox.agents;

import static dev.signalbox.testkit.model.ModelTurn.calls;
import static dev.signalbox.testkit.model.ModelTurn.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.claude.ClaudeDriver;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.event.Item;
import dev.signalbox.id.Ids;
import dev.signalbox.process.Children;
import dev.signalbox.testkit.model.ModelScript;
import dev.signalbox.testkit.model.ModelTurn;
import dev.signalbox.testkit.model.ScriptedModel;
import dev.signalbox.testkit.model.ToolUse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What only Claude Code does, with the real one: its plans, questions, subagents and modes, and
/// how its conversations are taken up.
@Tag("agents")
@Timeout(180)
class ClaudeOwnTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ScriptedModel model = ScriptedModel.start();
  private final Ids ids = new Ids(InstantSource.system());
  private final List<AgentProcess> started = new ArrayList<>();
  private Children children;
  private Path work;
  private Agent agent;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    work = Files.createDirectories(folder.resolve("work")).toRealPath();
    children = Children.open(folder.resolve("runs"), System.getenv());
    var program = RealAgent.CLAUDE.program().toString();
    agent =
        new Agent(
            "claude",
            "Claude Code",
            "claude",
            List.of(program),
            environment(folder),
            List.of(program, "--version"),
            null,
            null,
            true);
  }

  private Map<String, String> environment(Path folder) {
    var told = JSON.createObjectNode();
    RealAgent.CLAUDE.configure(folder.resolve("home"), model.url(), told);
    var environment = new HashMap<String, String>();
    told.forEachEntry((name, value) -> environment.put(name, value.asString()));
    return environment;
  }

  @AfterEach
  void close() {
    started.forEach(AgentProcess::close);
    children.close();
    model.close();
  }

  @Test
  void isFoundWithItsVersionModelsAndEfforts() throws Exception {
    var probe = driver().probe(agent);

    assertThat(probe.ready()).as(probe.reason()).isTrue();
    assertThat(probe.version()).startsWith("2.1.");
    assertThat(probe.offers().models()).isNotEmpty();
    assertThat(probe.offers().efforts()).extracting("id").contains("low", "high");
  }

  @Test
  void whoIsNotLoggedInIsToldSo() throws Exception {
    var nobody = new HashMap<>(agent.environment());
    nobody.remove("ANTHROPIC_API_KEY");
    var stranger =
        new Agent(
            "claude",
            "Claude Code",
            "claude",
            agent.argv(),
            nobody,
            List.of(),
            null,
            "log in",
            true);

    assertThatThrownBy(() -> start(stranger).open(ThreadSettings.writing(work)))
        .isInstanceOfSatisfying(
            AgentUnavailable.class, e -> assertThat(e.problem().code()).isEqualTo("login"));
  }

  @Test
  void aReadOnlyConversationAsksOfWhatItsModeWouldLetThrough() throws Exception {
    var thread = start(agent).open(ThreadSettings.readOnly(work));
    var told = Told.answering(false);

    var write = new ToolUse.Write(work.resolve("no.txt").toString(), "x");
    run(thread, told, calls(write), calls(new ToolUse.Shell("touch no.txt")), says("Done."));

    assertThat(told.all(AgentEvent.AskOpened.class))
        .isNotEmpty()
        .allSatisfy(ask -> assertThat(ask.writes()).isTrue());
    assertThat(work.resolve("no.txt")).doesNotExist();
    assertThat(told.text()).contains("Done.");
  }

  @Test
  void aPlanIsApprovedAndThenCarriedOut() throws Exception {
    var thread = start(agent).open(ThreadSettings.writing(work));
    var told = Told.answering(true);
    var plan = JSON.createObjectNode().put("plan", "# Dig\nthen fill");

    Asking.prompt(
            thread,
            ids.turn(),
            new Prompt(
                ModelScript.of(calls(new ToolUse.Exact("ExitPlanMode", plan)), says("Digging."))
                    .in("plan"),
                List.of()),
            new TurnSettings(null, "plan", null),
            told)
        .end();

    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.kind()).isEqualTo(AgentEvent.AskKind.PLAN);
    assertThat(ask.title()).isEqualTo("Dig");
    assertThat(told.text()).contains("Digging.");
    assertThat(thread.offers().mode()).isEqualTo("default");
  }

  @Test
  void anApprovedPlanOfAReadOnlyConversationStaysAPlan() throws Exception {
    var thread = start(agent).open(ThreadSettings.readOnly(work));
    var told = Told.answering(true);
    var plan = JSON.createObjectNode().put("plan", "# Dig");

    run(thread, told, calls(new ToolUse.Exact("ExitPlanMode", plan)), says("Fine."));

    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(told.tool(ask.callId()).status()).isEqualTo(Item.Status.DONE);
    assertThat(thread.offers().mode()).isEqualTo("plan");
  }

  @Test
  void itsQuestionsAreAnsweredByAForm() throws Exception {
    var thread = start(agent).open(ThreadSettings.writing(work));
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            ask.pending().submit(JSON.readTree("{\"q1\":\"B\"}"));
          }
        });
    var question =
        JSON.readTree(
            """
            {"questions":[{"question":"Which one?","header":"Pick","multiSelect":false,
              "options":[{"label":"A","description":"a"},{"label":"B","description":"b"}]}]}
            """);

    run(
        thread,
        told,
        calls(new ToolUse.Exact("AskUserQuestion", (ObjectNode) question)),
        says("Thanks."));

    assertThat(told.first(AgentEvent.AskOpened.class).schema()).isNotNull();
    assertThat(model.mainRequests().getLast().conversation().messages())
        .anyMatch(message -> message.text().contains("\"Which one?\"=\"B\""));
    assertThat(told.text()).contains("Thanks.");
  }

  @Test
  void aSubagentWorksBelowItsCallAndTheTurnWaitsForIt() throws Exception {
    var thread = start(agent).open(ThreadSettings.writing(work));
    var told = Told.answering(true);
    var task =
        JSON.createObjectNode()
            .put("description", "dig")
            .put("subagent_type", "general-purpose")
            .put("prompt", "Dig now");

    // The subagent's own script would end the main one's, so it has none and says so.
    run(thread, told, calls(new ToolUse.Exact("Task", task)), says("Launched."));

    var call =
        told.all(AgentEvent.ToolCall.class).stream()
            .filter(tool -> tool.tool().kind().equals("subagent"))
            .reduce((first, second) -> second)
            .orElseThrow();
    assertThat(call.status()).isEqualTo(Item.Status.DONE);
    assertThat(told.all(AgentEvent.Text.class))
        .filteredOn(text -> call.callId().equals(text.parent()))
        .extracting(AgentEvent.Text::text)
        .containsExactly("No script.");
  }

  @Test
  void goesOnInANewProcessAfterAKillAndCanBeCopied() throws Exception {
    var process = start(agent);
    var thread = process.open(ThreadSettings.writing(work));
    var noted = ModelScript.of(says("Noted.")).in("The word is heron");
    Asking.prompt(thread, ids.turn(), noted, new Told()).end();
    var told = new Told();
    var endless = ModelScript.of(says("word ").repeat(2_000, Duration.ofMillis(50)));
    var streams = Asking.prompt(thread, ids.turn(), endless.in("Talk on"), told);
    told.first(AgentEvent.Text.class);
    ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
    assertThatThrownBy(streams::end).isInstanceOf(AgentUnavailable.class);

    var again = start(agent).resume(thread.nativeId(), ThreadSettings.writing(work));
    run(again, new Told(), says("Back."));
    var copy = start(agent).fork(thread.nativeId(), ThreadSettings.writing(work));
    run(copy, new Told(), says("Copied."));

    assertThat(again.nativeId()).isEqualTo(thread.nativeId());
    assertThat(copy.nativeId()).isNotEqualTo(thread.nativeId());
    assertThat(model.mainRequests().getLast().conversation().messages())
        .anyMatch(message -> message.text().contains("The word is heron"));
  }

  @Test
  void whatItNeverKnewItDoesNotTakeUp() throws Exception {
    var process = start(agent);

    assertThatThrownBy(() ->
            process.resume("99999999-2222-4333-8444-555555555555", ThreadSettings.writing(work)))
        .hasMessageContaining("does not know");
    run(process.open(ThreadSettings.writing(work)), new Told(), says("New."));
  }

  @Test
  void anEffortReachesTheModel() throws Exception {
    var thread = start(agent).open(ThreadSettings.writing(work));
    var prompt = new Prompt(ModelScript.of(says("x")).in("go"), List.of());

    Asking.prompt(thread, ids.turn(), prompt, new TurnSettings(null, null, "low"), new Told())
        .end();

    assertThat(model.mainRequests().getLast().body().at("/output_config/effort").asString())
        .isEqualTo("low");
  }

  @Test
  void usageOfATurnIsItsOwnAndTellsHowFullTheContextIs() throws Exception {
    var thread = start(agent).open(ThreadSettings.writing(work));
    run(thread, new Told(), says("One."));

    var end =
        (TurnResult.Completed)
            Asking.prompt(thread, ids.turn(), ModelScript.of(says("Two.")).in("go"), new Told())
                .end();

    assertThat(end.usage().inputTokens()).isBetween(1_000L, 1_100L);
    assertThat(end.usage().outputTokens()).isEqualTo(42);
    assertThat(end.usage().contextUsed()).isGreaterThan(1_000);
    assertThat(end.usage().contextSize()).isGreaterThan(100_000);
    assertThat(end.usage().cost()).isPositive();
  }

  private ClaudeDriver driver() {
    return new ClaudeDriver(new AgentChildren(children, System.getenv()), InstantSource.system());
  }

  private AgentProcess start(Agent which) {
    var process = driver().start(which, new Launch(work, work, Map.of()));
    started.add(process);
    return process;
  }

  private void run(AgentThread thread, Told told, ModelTurn... turns) throws Exception {
    var prompt = ModelScript.of(turns).in("go");
    assertThat(Asking.prompt(thread, ids.turn(), prompt, told).end())
        .isInstanceOf(TurnResult.Completed.class);
  }
}
