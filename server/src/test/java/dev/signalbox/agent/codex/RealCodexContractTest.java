package dev.signalbox.agent.codex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.DriverContract;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.event.Item;
import dev.signalbox.event.Problem;
import dev.signalbox.id.Ids;
import dev.signalbox.process.Children;
import dev.signalbox.testkit.agent.CodexHome;
import dev.signalbox.testkit.model.ModelScript;
import dev.signalbox.testkit.model.ModelTurn;
import dev.signalbox.testkit.model.ScriptedModel;
import dev.signalbox.testkit.model.ToolUse;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The contract against the real Codex that is pinned in `agents/package.json`, and what only the
/// real one can show.
@Tag("agents")
class RealCodexContractTest extends DriverContract {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Path CODEX =
      Path.of(
              "..",
              "agents/node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex")
          .toAbsolutePath()
          .normalize();

  private final Ids ids = new Ids(InstantSource.system());
  private ScriptedModel model;

  @BeforeEach
  void configure() throws IOException {
    model = ScriptedModel.start();
    CodexHome.configure(CODEX, folder.resolve("home/.codex"), model.url());
  }

  @AfterEach
  void stopModel() {
    model.close();
  }

  @Override
  protected AgentDriver driver(Children children) {
    var server =
        Map.of(
            "PATH",
            System.getenv("PATH"),
            "HOME",
            folder.resolve("home").toString(),
            "LANG",
            "C.UTF-8",
            "NO_PROXY",
            "127.0.0.1,localhost");
    return new CodexDriver(new AgentChildren(children, server));
  }

  @Override
  protected Agent agent() {
    return new Agent(
            "codex",
            "Codex",
            "codex",
            List.of(CODEX.toString(), "app-server"),
            CodexHome.environment(folder.resolve("home/.codex")),
            List.of(CODEX.toString(), "--version"),
            null,
            null,
            true)
        .with(Agent.Setup.modes("auto", "ask"));
  }

  @Override
  protected String answering() {
    return ModelScript.of(
            ModelTurn.says("Hello from the scripted model.").inChunks(6, Duration.ofMillis(30)))
        .in("say hello");
  }

  @Override
  protected String answer() {
    return "Hello from the scripted model.";
  }

  @Override
  protected String streaming() {
    return ModelScript.of(ModelTurn.says("slow ").repeat(200, Duration.ofMillis(250)))
        .in("go slowly");
  }

  @Override
  protected String busyWithATool() {
    return running("sleep 60");
  }

  @Override
  protected String asking() {
    return running("touch made.txt");
  }

  @Test
  void R_DRV_2_thinkingIsReasoning() throws Exception {
    var told = new Told();
    var prompt = ModelScript.of(ModelTurn.thinks("First I ponder.").text("Decided.")).in("think");
    completed(thread(start()), prompt, told);
    assertThat(told.reasoning()).isEqualTo("First I ponder.");
    assertThat(told.text()).isEqualTo("Decided.");
  }

  @Test
  void R_DRV_2_anEditIsAskedForAndShownWithItsDifferences() throws Exception {
    var process = start();
    var file = Files.writeString(folder.resolve("work/a.txt"), "alpha\nbeta\ngamma\n");
    var told = Told.answering(true);
    completed(thread(process), editing(file), told);
    assertThat(file).hasContent("alpha\nBETA\ngamma\n");
    var ask =
        told.all(AgentEvent.AskOpened.class).stream()
            .filter(opened -> opened.diff() != null)
            .findFirst()
            .orElseThrow();
    assertThat(ask.diff()).contains("--- a/", "-beta\n", "+BETA\n");
    var call = told.tool(String.valueOf(ask.callId()));
    assertThat(call.status()).isEqualTo(Item.Status.DONE);
    assertThat(call.tool().kind()).isEqualTo("edit");
    assertThat(call.tool().paths()).containsExactly(file.toRealPath().toString());
    assertThat(call.diff()).isEqualTo(ask.diff());
  }

  @Test
  void aCommandIsShownWithItsOutputAndHowItEnded() throws Exception {
    var told = Told.answering(true);
    completed(thread(start()), running("echo out-of-it; exit 3"), told);
    var call = told.all(AgentEvent.ToolCall.class).getLast();
    assertThat(call.tool().title()).isEqualTo("echo out-of-it; exit 3");
    assertThat(call.tool().kind()).isEqualTo("execute");
    assertThat(call.tool().exitCode()).isEqualTo(3);
    assertThat(call.output()).isEqualTo("out-of-it\n");
    assertThat(call.status()).isEqualTo(Item.Status.FAILED);
  }

  @Test
  void R_LIFE_8_aKilledAgentTakesUpItsConversationInANewProcess() throws Exception {
    var process = start();
    var thread = thread(process);
    completed(thread, answering(), new Told());
    var told = new Told();
    var streams = Asking.prompt(thread, ids.turn(), streaming(), told);
    told.first(AgentEvent.Text.class);
    ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
    await().until(() -> !process.alive());
    await().until(() -> !streams.running());

    var resumed = start().resume(thread.nativeId(), settings());
    var next = new Told();
    completed(resumed, answering(), next);
    assertThat(next.text()).isEqualTo(answer());
    // The model was given the first turn, too: the conversation is really the same.
    assertThat(model.mainRequests().getLast().body().path("input").toString())
        .contains("say hello", "go slowly");
  }

  @Test
  void R_LIFE_9_aConversationNobodyKnowsIsNotTakenUp() throws Exception {
    var process = start();
    assertThat(
            catchThrowable(
                () -> process.resume("01a1fa69-d4eb-7852-8c36-3d79db90853b", settings())))
        .hasMessageContaining("no rollout found");
  }

  @Test
  void aCopyRemembersAndIsAnotherConversation() throws Exception {
    var process = start();
    var thread = thread(process);
    completed(thread, answering(), new Told());
    var copy = process.fork(thread.nativeId(), settings());
    completed(copy, ModelScript.of(ModelTurn.says("Yes.")).in("still there?"), new Told());
    assertThat(model.mainRequests().getLast().body().path("input").toString())
        .contains("say hello", "still there?");
    assertThat(process.list(folder.resolve("work").toRealPath()))
        .extracting(one -> one.nativeId())
        .contains(thread.nativeId(), copy.nativeId());
  }

  @Test
  void anImageReachesTheModel() throws Exception {
    var file = folder.resolve("pixel.png");
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    var prompt = new Prompt(answering(), List.of(new Prompt.Image(file, "image/png")));
    assertThat(Asking.prompt(thread(start()), ids.turn(), prompt, Asking.AS_IS, new Told()).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(model.mainRequests().getLast().conversation().images()).hasSize(1);
  }

  @Test
  void R_DRV_11_anotherModelAndEffortAreUsedFromTheNextTurn() throws Exception {
    var thread = thread(start());
    assertThat(thread.offers().models()).extracting(Choice::id).containsAll(CodexHome.MODELS);
    assertThat(thread.offers().model()).isEqualTo("scripted");
    assertThat(thread.offers().efforts()).extracting(Choice::id).contains("low", "high");
    completed(thread, answering(), new TurnSettings("scripted-2", null, "high"), new Told());
    var body = model.mainRequests().getLast().body();
    assertThat(body.path("model").asString()).isEqualTo("scripted-2");
    assertThat(body.at("/reasoning/effort").asString()).isEqualTo("high");
    assertThat(thread.offers().model()).isEqualTo("scripted-2");
  }

  @Test
  void R_DRV_12_theProbeFindsItReady() throws Exception {
    try (var children = Children.open(folder.resolve("probe-runs"), System.getenv())) {
      var probe = driver(children).probe(agent());
      assertThat(probe.reason()).isNull();
      assertThat(probe.ready()).isTrue();
      assertThat(probe.version()).isNotBlank();
      assertThat(probe.offers()).isNotNull();
    }
  }

  @Test
  void R_TURN_6_whatATurnUsedIsTheSumOfItsCalls() throws Exception {
    var told = Told.answering(true);
    var thread = thread(start());
    var result = Asking.prompt(thread, ids.turn(), running("touch x"), told).end();
    var usage = ((TurnResult.Completed) result).usage();
    assertThat(usage).isNotNull();
    assertThat(usage.outputTokens()).isEqualTo(84); // two calls of the model, 42 each
    var next = Asking.prompt(thread, ids.turn(), answering(), new Told()).end();
    assertThat(((TurnResult.Completed) next).usage().outputTokens()).isEqualTo(42);
  }

  @Test
  void R_INT_4_noCommandOfAnInterruptedTurnIsLeftRunning() throws Exception {
    var seconds = "" + (300_000 + ThreadLocalRandom.current().nextInt(100_000));
    var thread = thread(start());
    var turn = ids.turn();
    var told = Told.answering(true);
    var prompt = running("touch begun.txt; sleep " + seconds);
    var busy = Asking.prompt(thread, turn, prompt, told);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Files.exists(folder.resolve("work/begun.txt")));
    thread.interrupt(turn);
    assertThat(busy.end()).isInstanceOf(TurnResult.Cancelled.class);
    await().atMost(Duration.ofSeconds(5)).until(() -> processes(seconds) == 0);
    completed(thread, answering(), new Told());
  }

  @Test
  void moreWordsReachTheTurnThatRuns() throws Exception {
    var thread = thread(start());
    var turn = ids.turn();
    var told = Told.answering(true);
    var prompt = running("touch begun.txt; sleep 3");
    var busy = Asking.prompt(thread, turn, prompt, told);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Files.exists(folder.resolve("work/begun.txt")));
    assertThat(thread.steer(turn, new Prompt("and mind the gap", List.of()))).isTrue();
    assertThat(busy.end()).isInstanceOf(TurnResult.Completed.class);
    assertThat(model.mainRequests().getLast().body().path("input").toString())
        .contains("and mind the gap");
    assertThat(thread.steer(turn, new Prompt("too late", List.of()))).isFalse();
  }

  @Test
  void R_ASK_2_aQuestionIsAFormAndItsAnswerArrives() throws Exception {
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            var values = JSON.createObjectNode();
            ask.schema().path("properties").propertyNames().forEach(name -> values.put(name, "B"));
            ask.pending().submit(values);
          }
        });
    var arguments =
        (ObjectNode)
            JSON.readTree(
                """
                {"questions":[{"id":"q1","header":"Pick","question":"Which?","options":[
                  {"label":"A","description":"a"},{"label":"B","description":"b"}]}]}
                """);
    var prompt =
        ModelScript.of(
                ModelTurn.calls(new ToolUse.Exact("request_user_input", arguments)),
                ModelTurn.says("Thanks."))
            .in("ask me");
    completed(thread(start()), prompt, new TurnSettings(null, "plan", null), told);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.kind()).isEqualTo(AgentEvent.AskKind.QUESTION);
    assertThat(ask.writes()).isFalse();
    assertThat(model.mainRequests().getLast().body().path("input").toString())
        .contains("{\\\"answers\\\":[\\\"B\\\"]}");
  }

  @Test
  void R_ASK_2_aPlanIsApprovedAndCarriedOut() throws Exception {
    var plan = "<proposed_plan>\n# The plan\n1. Touch it\n</proposed_plan>";
    var told = Told.answering(true);
    var thread = thread(start());
    var prompt = ModelScript.of(ModelTurn.says(plan)).in("plan it");
    completed(thread, prompt, new TurnSettings(null, "plan", null), told);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.kind()).isEqualTo(AgentEvent.AskKind.PLAN);
    assertThat(ask.title()).isEqualTo("The plan");
    assertThat(ask.input().path("plan").asString()).contains("1. Touch it");
    assertThat(model.mainRequests().getLast().body().path("input").toString())
        .contains("Implement the plan.");
    assertThat(thread.offers().mode()).isEqualTo("ask");
  }

  @Test
  void aConversationThatOnlyReadsCannotWriteEvenWhenItIsAllowed() throws Exception {
    var process = start();
    var work = folder.resolve("work").toRealPath();
    var thread = process.open(ThreadSettings.readOnly(work));
    completed(thread, running("touch made.txt"), new Told());
    assertThat(work.resolve("made.txt")).doesNotExist();
  }

  @Test
  void R_TURN_8_whatTheModelRefusedIsToldInItsClass() throws Exception {
    var thread = thread(start());
    assertThat(failed(thread, ModelTurn.fails(401)).code()).isEqualTo("login");
    assertThat(failed(thread, ModelTurn.fails(429)).code()).isEqualTo("rate-limit");
    var bad = failed(thread, ModelTurn.fails(400));
    assertThat(bad.code()).isEqualTo("agent-error");
    assertThat(bad.detail()).contains("scripted error 400").doesNotContain("{");
    assertThat(failed(thread, ModelTurn.fails(500)).detail()).isNotBlank();
    assertThat(
            failed(thread, ModelTurn.says("cut here").inChunks(4, Duration.ZERO).cutAfter(2))
                .detail())
        .contains("disconnected");
    completed(thread, answering(), new Told());
  }

  private Problem failed(AgentThread thread, ModelTurn turn) throws Exception {
    var prompt = ModelScript.of(turn).in("fail");
    var result = Asking.prompt(thread, ids.turn(), prompt, new Told()).end();
    assertThat(result).isInstanceOf(TurnResult.Failed.class);
    return ((TurnResult.Failed) result).problem();
  }

  private void completed(AgentThread thread, String prompt, Told told) throws Exception {
    completed(thread, prompt, Asking.AS_IS, told);
  }

  private void completed(AgentThread thread, String prompt, TurnSettings settings, Told told)
      throws Exception {
    var asked = new Prompt(prompt, List.of());
    assertThat(Asking.prompt(thread, ids.turn(), asked, settings, told).end())
        .isInstanceOf(TurnResult.Completed.class);
  }

  private ThreadSettings settings() throws IOException {
    return ThreadSettings.writing(folder.resolve("work").toRealPath());
  }

  private static String running(String command) {
    return ModelScript.of(ModelTurn.calls(new ToolUse.Shell(command)), ModelTurn.says("done"))
        .in("run it");
  }

  private static String editing(Path file) throws IOException {
    var path = file.toRealPath().toString();
    return ModelScript.of(
            ModelTurn.calls(new ToolUse.Read(path)),
            ModelTurn.calls(new ToolUse.Edit(path, "beta", "BETA")),
            ModelTurn.says("Edited."))
        .in("edit");
  }

  /// How many processes of the machine have this in their command line.
  private static long processes(String words) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(words))
        .count();
  }
}
