package dev.signalbox.agent.opencode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.acp.RealAgentContract;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.event.Item;
import dev.signalbox.id.Ids;
import dev.signalbox.process.Children;
import dev.signalbox.testkit.model.ModelScript;
import dev.signalbox.testkit.model.ModelTurn;
import dev.signalbox.testkit.model.ToolUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The real opencode over HTTP; what is not in the contract is what the protocol has more of.
@Tag("agents")
class OpencodeHttpRealContractTest extends RealAgentContract {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String MODEL =
      """
      {"name":"Fake","limit":{"context":128000,"output":8000},"reasoning":true,"attachment":true,
       "tool_call":true,"modalities":{"input":["text","image"],"output":["text"]}}
      """;

  private final Ids ids = new Ids(InstantSource.system());

  @Override
  protected AgentDriver driver(AgentChildren children) {
    return new OpencodeDriver(children);
  }

  @Override
  protected Map<String, String> configure(Path home) throws IOException {
    var folder = Files.createDirectories(home.resolve(".config/opencode"));
    Files.writeString(
        folder.resolve("opencode.json"),
        """
        {"autoupdate":false,"share":"disabled","enabled_providers":["fake"],
         "model":"fake/fake-1","small_model":"fake/fake-1",
         "provider":{"fake":{"npm":"@ai-sdk/openai-compatible","name":"Fake",
           "options":{"baseURL":"http://127.0.0.1:%d/v1","apiKey":"dummy-key"},
           "models":{"fake-1":%s,"fake-2":%s}}},
         "permission":{"bash":"ask","edit":"ask"}}
        """
            .formatted(model.port(), MODEL, MODEL));
    return Map.of(
        "OPENCODE_DISABLE_AUTOUPDATE", "1",
        "OPENCODE_DISABLE_MODELS_FETCH", "1",
        "OPENCODE_DISABLE_LSP_DOWNLOAD", "1",
        "OPENCODE_DISABLE_SHARE", "1",
        "OPENCODE_DISABLE_DEFAULT_PLUGINS", "1");
  }

  @Override
  protected List<String> command() {
    return List.of("opencode-linux-x64/bin/opencode", "serve");
  }

  @Test
  void R_DRV_11_anotherModelModeAndEffortAreUsedFromTheNextTurn() throws Exception {
    var thread = thread(start());
    assertThat(thread.offers().models())
        .extracting(Choice::id)
        .containsExactly("fake/fake-1", "fake/fake-2");
    assertThat(thread.offers().modes()).extracting(Choice::id).containsExactly("build", "plan");
    assertThat(thread.offers().efforts())
        .extracting(Choice::id)
        .containsExactly("default", "low", "medium", "high");
    var wanted = new TurnSettings("fake/fake-2", "plan", "high");
    var result =
        Asking.prompt(thread, ids.turn(), new Prompt(answering(), List.of()), wanted, new Told())
            .end();
    assertThat(result).isInstanceOf(TurnResult.Completed.class);
    var body = model.mainRequests().getLast().body();
    assertThat(body.path("model").asString()).isEqualTo("fake-2");
    assertThat(body.path("reasoning_effort").asString("")).isEqualTo("high");
    assertThat(body.path("messages").toString()).contains("Plan mode");
    assertThat(thread.offers().model()).isEqualTo("fake/fake-2");
    assertThat(thread.offers().mode()).isEqualTo("plan");
  }

  @Test
  void whatIsSaidInMidTurnIsAnsweredInTheSameTurn() throws Exception {
    var thread = thread(start());
    var turn = ids.turn();
    var told = new Told();
    var slow = ModelScript.of(ModelTurn.says("one ").repeat(20, Duration.ofMillis(100)));
    var asking = Asking.prompt(thread, turn, slow.in("talk"), told);
    told.first(AgentEvent.Text.class);
    var more = ModelScript.of(ModelTurn.says("And two.")).in("more");
    assertThat(thread.steer(turn, new Prompt(more, List.of()))).isTrue();
    assertThat(asking.end()).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.text()).endsWith("And two.");
    assertThat(thread.steer(turn, new Prompt(more, List.of()))).isFalse();
  }

  @Test
  @Tag("R-ASK-2")
  void questionsAreAForm() throws Exception {
    var answer = JSON.createObjectNode().put("q1", "B");
    answer.putArray("q2").add("X").add("Y");
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            ask.pending().submit(answer);
          }
        });
    var arguments =
        (ObjectNode)
            JSON.readTree(
                """
                {"questions":[
                  {"question":"Which?","header":"Pick","options":[
                    {"label":"A","description":"first"},{"label":"B","description":"second"}]},
                  {"question":"Many?","header":"Several","multiple":true,"options":[
                    {"label":"X","description":"x"},{"label":"Y","description":"y"}]}]}
                """);
    var prompt =
        ModelScript.of(
                ModelTurn.calls(new ToolUse.Exact("question", arguments)), ModelTurn.says("Good."))
            .in("ask me");
    assertThat(Asking.prompt(thread(start()), ids.turn(), prompt, told).end())
        .isInstanceOf(TurnResult.Completed.class);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.kind()).isEqualTo(AgentEvent.AskKind.QUESTION);
    assertThat(ask.schema().at("/properties/q1/oneOf/1/const").asString()).isEqualTo("B");
    assertThat(told.text()).endsWith("Good.");
    assertThat(model.mainRequests().getLast().body().path("messages").toString())
        .contains("\\\"Which?\\\"=\\\"B\\\"")
        .contains("X, Y");
  }

  @Test
  void aPlanOfWorkIsTold() throws Exception {
    var todos =
        (ObjectNode)
            JSON.readTree(
                """
                {"todos":[{"content":"look","status":"in_progress","priority":"high"},
                          {"content":"do","status":"pending","priority":"medium"}]}
                """);
    var told = new Told();
    var prompt =
        ModelScript.of(
                ModelTurn.calls(new ToolUse.Exact("todowrite", todos)), ModelTurn.says("Planned."))
            .in("plan");
    assertThat(Asking.prompt(thread(start()), ids.turn(), prompt, told).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(told.first(AgentEvent.Plan.class).entries())
        .containsExactly(
            new Item.PlanEntry("look", "in_progress", "high"),
            new Item.PlanEntry("do", "pending", "medium"));
  }

  @Test
  void whatASubagentDoesIsNestedUnderItsCall() throws Exception {
    var inner = ModelScript.of(ModelTurn.says("From below.")).in("look");
    var arguments =
        JSON.createObjectNode()
            .put("description", "look")
            .put("prompt", inner)
            .put("subagent_type", "general");
    var told = new Told();
    var prompt =
        ModelScript.of(
                ModelTurn.calls(new ToolUse.Exact("task", arguments)), ModelTurn.says("Above."))
            .in("delegate");
    assertThat(Asking.prompt(thread(start()), ids.turn(), prompt, told).end())
        .isInstanceOf(TurnResult.Completed.class);
    var task = told.first(AgentEvent.ToolCall.class);
    assertThat(task.tool().kind()).isEqualTo("subagent");
    assertThat(told.all(AgentEvent.Text.class))
        .filteredOn(text -> text.parent() != null)
        .isNotEmpty()
        .allSatisfy(text -> assertThat(text.parent()).isEqualTo(task.callId()));
    assertThat(told.all(AgentEvent.Text.class))
        .filteredOn(text -> text.parent() == null)
        .extracting(AgentEvent.Text::text)
        .containsExactly("Above.");
  }

  @Test
  void aReadOnlyConversationCannotWriteWhateverItsConfigurationAllows() throws Exception {
    var work = Files.createDirectories(folder.resolve("looked-at")).toRealPath();
    try (var children = Children.open(folder.resolve("other-runs"), System.getenv());
        var process = driver(children).start(allowingAgent(), new Launch(null, work, Map.of()))) {
      var thread = process.open(ThreadSettings.readOnly(work));
      var write = new ToolUse.Write(work.resolve("w.txt").toString(), "x");
      var shell = new ToolUse.Shell("touch s.txt");
      var prompt =
          ModelScript.of(
                  ModelTurn.calls(write), ModelTurn.calls(shell), ModelTurn.says("Could not."))
              .in("write");
      var told = new Told();
      var build = new TurnSettings(null, "build", null);
      Asking.prompt(thread, ids.turn(), new Prompt(prompt, List.of()), build, told).end();
      assertThat(told.text()).contains("Could not.");
      assertThat(work).isEmptyDirectory();
    }
  }

  @Test
  void aCommandOfTheAgentIsRun() throws Exception {
    var thread = thread(start());
    var commands = new AtomicReference<AgentEvent.Commands>();
    thread.outside(event -> {
      if (event instanceof AgentEvent.Commands list) {
        commands.set(list);
      }
    });
    assertThat(commands.get().commands())
        .extracting(AgentEvent.Commands.Command::name)
        .contains("init", "review");
    var words = ModelScript.of(ModelTurn.says("Initialised.")).in("go");
    var told = new Told();
    assertThat(Asking.prompt(thread, ids.turn(), "/init " + words, told).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(told.text()).isEqualTo("Initialised.");
    assertThat(model.mainRequests().getLast().conversation().lastUserText()).contains("AGENTS.md");
  }

  @Test
  void aCopyOfAConversationRemembersAndLeavesTheOriginal() throws Exception {
    var process = start();
    var thread = thread(process);
    Asking.prompt(thread, ids.turn(), answering(), new Told()).end();
    var settings = ThreadSettings.writing(folder.resolve("work").toRealPath());
    var copy = process.fork(thread.nativeId(), settings);
    assertThat(copy.nativeId()).isNotEqualTo(thread.nativeId());
    var told = new Told();
    assertThat(Asking.prompt(copy, ids.turn(), answering(), told).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(told.text()).isEqualTo(answer());
    var messages = model.mainRequests().getLast().body().path("messages").toString();
    assertThat(messages.split("say hello", -1).length - 1).isEqualTo(2);
    assertThat(process.list(settings.directory()))
        .extracting(listed -> listed.nativeId())
        .containsExactly(copy.nativeId(), thread.nativeId());
  }

  private Agent allowingAgent() throws IOException {
    var agent = agent();
    var file = folder.resolve("home/.config/opencode/opencode.json");
    Files.writeString(file, Files.readString(file).replace("\"ask\"", "\"allow\""));
    return agent;
  }
}
