package dev.signalbox.agents;

import static dev.signalbox.testkit.model.ModelTurn.calls;
import static dev.signalbox.testkit.model.ModelTurn.fails;
import static dev.signalbox.testkit.model.ModelTurn.says;
import static dev.signalbox.testkit.model.ModelTurn.thinks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signalbox.testkit.model.Conversation;
import dev.signalbox.testkit.model.ModelRequest;
import dev.signalbox.testkit.model.ModelScript;
import dev.signalbox.testkit.model.ScriptedModel;
import dev.signalbox.testkit.model.ToolUse;
import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.ServerUnderTest;
import dev.signalbox.testkit.server.ServerUnderTest.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What every agent does for its user through Signalbox. Each test has a project and a session of
/// its own; the server and the model are shared by the class.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RealAgentScenarios {

  /// A 1x1 PNG.
  private static final String PNG =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

  private static final Duration LONG = Duration.ofSeconds(60);

  private final RealAgent agent;
  private Path dir;
  private ScriptedModel model;
  private ServerUnderTest server;
  private Client client;
  private Talk talk;

  RealAgentScenarios(RealAgent agent) {
    this.agent = agent;
  }

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    dir = folder;
    model = ScriptedModel.start();
    Path home = Files.createDirectories(dir.resolve("home"));
    server = ServerUnderTest.start(new Setup(dir, agent.settings(home, model.url())));
    client = server.client();
  }

  @AfterAll
  void stop() {
    if (server != null) {
      client.close();
      server.stop();
    }
    model.close();
  }

  @BeforeEach
  void open(TestInfo test) throws IOException {
    talk = talk(test.getTestMethod().orElseThrow().getName());
  }

  @AfterEach
  void nothingWasAgainstTheContract() {
    talk.close();
    assertThat(talk.view().complaints()).isEmpty();
    assertThat(talk.view().shortened()).isZero();
  }

  private Talk talk(String name) throws IOException {
    Path project = Files.createDirectories(dir.resolve("projects").resolve(name));
    return Talk.in(client, agent.id, project.toRealPath());
  }

  @Test
  @Tag("R-TURN-4")
  void answersAndTheAnswerIsTheSameAfterAReload() {
    var hello = says("Hello, wörld 🙂. This is the answer.").inChunks(6, Duration.ofMillis(20));

    JsonNode end = talk.say(ModelScript.of(hello), "Greet me");

    assertThat(end.path("state").asString()).isEqualTo("completed");
    assertThat(talk.texts("text")).containsExactly(hello.wholeText());
    assertThat(client.items(talk.lane()))
        .filteredOn(item -> item.path("kind").asString().equals("text"))
        .singleElement()
        .extracting(item -> item.path("text").asString())
        .isEqualTo(hello.wholeText());
  }

  @Test
  @Tag("R-DRV-13")
  void streamsWhileTheModelStillSpeaks() {
    var slow = says("word{n} ").repeat(40, Duration.ofMillis(50));

    String turn = talk.send(ModelScript.of(slow), "Tell me slowly");
    boolean early = talk.view().awaitUntil(LONG, view -> view.deltas() > 0);

    assertThat(early).isTrue();
    assertThat(talk.ended(turn)).isFalse();
    assertThat(talk.end(turn).path("state").asString()).isEqualTo("completed");
    assertThat(talk.texts("text")).containsExactly(slow.wholeText());
  }

  @Test
  @Tag("R-UI-1")
  void showsItsReasoningApartFromItsAnswer() {
    talk.say(
        ModelScript.of(thinks("First I ponder. Then I decide.").text("Decided.")), "Think first");

    assertThat(talk.texts("reasoning"))
        .containsExactly(agent.shown("First I ponder. Then I decide."));
    assertThat(talk.texts("text")).containsExactly("Decided.");
  }

  @Test
  @Tag("R-ASK-1")
  void editsAFileWhenAllowed() throws IOException {
    Path file = Files.writeString(talk.project().resolve("a.txt"), "alpha\nbeta\n");

    String turn = talk.send(editing(file), "Change beta");
    talk.answerAll(turn, "allow");

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("completed");
    assertThat(file).hasContent("alpha\nBETA\n");
    assertThat(talk.tool("edit").path("status").asString()).isEqualTo("done");
    assertThat(talk.texts("text")).contains("Edited.");
  }

  @Test
  @Tag("R-ASK-1")
  void leavesTheFileAloneWhenDenied() throws IOException {
    Path file = Files.writeString(talk.project().resolve("a.txt"), "alpha\nbeta\n");

    String turn = talk.send(editing(file), "Change beta");
    JsonNode ask = talk.ask(turn, "edit");
    client.answer(ask, Client.option(ask, "reject"), "deny-" + turn).ok();

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("completed");
    assertThat(file).hasContent("alpha\nbeta\n");
    assertThat(talk.tool("edit").path("status").asString()).isEqualTo("failed");
    assertThat(talk.view().facts("ask.closed")).isNotEmpty();
  }

  @Test
  void runsACommandWhenAllowedAndShowsItsOutput() {
    // The command itself, which agents show as well, does not hold what it prints.
    var run = new ToolUse.Shell("touch made.txt; printf 'out-%s-42\\n' of; sleep 0.5");

    String turn = talk.send(ModelScript.of(says("Running. ").tool(run), says("Done.")), "Run it");
    talk.answerAll(turn, "allow");

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("completed");
    assertThat(talk.project().resolve("made.txt")).exists();
    assertThat(talk.tool("execute").path("output").asString("")).contains("out-of-42");
  }

  @Test
  @Tag("R-SEND-9")
  void getsAnImageExactlyAsItWasPasted() {
    byte[] image = Base64.getDecoder().decode(PNG);

    String upload = client.upload("image/png", image);
    String turn = talk.send(ModelScript.of(says("A pixel.")), "What is this?", upload);

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("completed");
    assertThat(asked("What is this?").images()).singleElement().asString().endsWith(PNG);
  }

  @Test
  @Tag("R-SEND-4")
  void getsALongPromptUnaltered() {
    String words = "line with «quotes», \"double\", 'single', tabs\t and 日本語 🙂\n".repeat(500);

    talk.say(ModelScript.of(says("Read.")), words);

    assertThat(asked("line with").lastUserText()).contains(words);
  }

  @Test
  @Tag("R-INT-2")
  void isInterruptedInMidStreamAndGoesOnWithTheSameProcess() {
    var endless = says("word{n} ").repeat(2_000, Duration.ofMillis(50));
    String turn = talk.send(ModelScript.of(endless), "Talk on");
    talk.view().awaitUntil(LONG, view -> view.deltas() > 2);
    JsonNode thread = talk.thread();

    client.interrupt(talk.lane());

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("interrupted");
    talk.say(ModelScript.of(says("Fresh.")), "And now?");
    assertThat(talk.thread().path("pid")).isEqualTo(thread.path("pid"));
    assertThat(talk.thread().path("nativeId")).isEqualTo(thread.path("nativeId"));
    assertThat(talk.texts("text").getLast()).isEqualTo("Fresh.");
  }

  @Test
  @Tag("R-INT-4")
  void isInterruptedInMidToolAndTheToolIsCancelled() {
    var sleeping = "sleep " + (300_000 + ThreadLocalRandom.current().nextInt(100_000));
    var sleep = new ToolUse.Shell("touch begun.txt; " + sleeping);
    String turn = talk.send(ModelScript.of(calls(sleep), says("Slept.")), "Sleep");
    talk.answerAll(turn, "allow");
    await().atMost(LONG).until(() -> Files.exists(talk.project().resolve("begun.txt")));

    client.interrupt(talk.lane());

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("interrupted");
    assertThat(talk.tool("execute").path("status").asString()).isEqualTo("cancelled");
    assertThat(running(sleeping)).as("processes of the interrupted command").isZero();
    assertThat(talk.say(ModelScript.of(says("Awake.")), "And now?").path("state").asString())
        .isEqualTo("completed");
    assertThat(talk.texts("text").getLast()).isEqualTo("Awake.");
  }

  @Test
  @Tag("R-INT-5")
  void isInterruptedWhileItAsksAndTheAskIsWithdrawn() {
    String turn = talk.send(ModelScript.of(calls(new ToolUse.Shell("touch no.txt"))), "Run it");
    JsonNode ask = talk.ask(turn, "execute");

    client.interrupt(talk.lane());

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("interrupted");
    assertThat(client.openAsks()).noneMatch(open -> open.path("turn").asString().equals(turn));
    assertThat(client.answer(ask, Client.option(ask, "allow"), "late-" + turn).status())
        .isEqualTo(410);
    assertThat(talk.say(ModelScript.of(says("Onwards.")), "And now?").path("state").asString())
        .isEqualTo("completed");
    assertThat(talk.project().resolve("no.txt")).doesNotExist();
  }

  @Test
  @Tag("R-WARM-2")
  void keepsProcessThreadAndMemoryFromTurnToTurn() {
    talk.say(ModelScript.of(thinks("One.").text("Noted.")), "The secret word is heron");
    JsonNode first = talk.thread();
    talk.say(ModelScript.of(thinks("Two.").text("Heron.")), "What is the word?");

    assertThat(talk.thread().path("pid")).isEqualTo(first.path("pid"));
    assertThat(talk.thread().path("nativeId")).isEqualTo(first.path("nativeId"));
    assertThat(asked("What is the word?").messages())
        .anyMatch(message -> message.text().contains("secret word is heron"));
    assertThat(talk.texts("reasoning")).containsExactly(agent.shown("One."), agent.shown("Two."));
  }

  @Test
  @Tag("R-LIFE-1")
  @Tag("R-LIFE-8")
  void remembersAfterItsIdleProcessWasKilled() {
    talk.say(ModelScript.of(says("Noted.")), "The secret word is crane");
    var began = Instant.now();
    JsonNode before = talk.thread();

    killAgent();
    await().atMost(LONG.plusSeconds(5)).until(() -> agent.takesUp(began));

    assertThat(talk.say(ModelScript.of(says("Crane.")), "Which bird?").path("state").asString())
        .isEqualTo("completed");
    assertThat(talk.texts("text")).containsExactly("Noted.", "Crane.");
    assertThat(talk.thread().path("pid")).isNotEqualTo(before.path("pid"));
    assertThat(talk.thread().path("nativeId")).isEqualTo(before.path("nativeId"));
    assertThat(talk.thread().path("origin").asString()).isEqualTo("resumed");
    assertThat(asked("Which bird?").messages())
        .anyMatch(message -> message.text().contains("secret word is crane"));
  }

  @Test
  @Tag("R-LIFE-2")
  @Tag("R-INT-5")
  void failsTheTurnWhenKilledWhileItAsksAndGoesOn() {
    String turn = talk.send(ModelScript.of(calls(new ToolUse.Shell("touch no.txt"))), "Run it");
    JsonNode ask = talk.ask(turn, "execute");

    killAgent();

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("failed");
    assertThat(client.openAsks()).noneMatch(open -> open.path("turn").asString().equals(turn));
    assertThat(client.answer(ask, Client.option(ask, "allow"), "late-" + turn).status())
        .isEqualTo(410);
    assertThat(talk.say(ModelScript.of(says("Back.")), "And now?").path("state").asString())
        .isEqualTo("completed");
    assertThat(talk.project().resolve("no.txt")).doesNotExist();
  }

  @Test
  @Tag("R-LIFE-2")
  void failsTheTurnWhenKilledInItAndGoesOn() {
    var endless = says("word{n} ").repeat(2_000, Duration.ofMillis(50));
    String turn = talk.send(ModelScript.of(endless), "Talk on");
    talk.view().awaitUntil(LONG, view -> view.deltas() > 2);

    killAgent();

    JsonNode end = talk.end(turn);
    assertThat(end.path("state").asString()).isEqualTo("failed");
    assertThat(end.at("/error/detail").asString("")).isNotEmpty();
    assertThat(talk.texts("text").getLast()).startsWith("word0 word1 ");
    assertThat(talk.say(ModelScript.of(says("Back.")), "And now?").path("state").asString())
        .isEqualTo("completed");
    assertThat(talk.texts("text").getLast()).isEqualTo("Back.");
  }

  @Test
  @Tag("R-LIFE-8")
  @Tag("R-LIFE-10")
  void remembersAfterSignalboxWasKilled() {
    talk.say(ModelScript.of(says("Noted.")), "The secret word is stork");
    var began = Instant.now();
    JsonNode before = talk.thread();

    killSignalbox();
    await().atMost(LONG.plusSeconds(5)).until(() -> agent.takesUp(began));

    assertThat(talk.say(ModelScript.of(says("Stork.")), "Which bird now?").path("state").asString())
        .isEqualTo("completed");
    assertThat(talk.thread().path("nativeId")).isEqualTo(before.path("nativeId"));
    assertThat(talk.thread().path("origin").asString()).isEqualTo("resumed");
    assertThat(asked("Which bird now?").messages())
        .anyMatch(message -> message.text().contains("secret word is stork"));
  }

  @Test
  @Tag("R-LIFE-10")
  void goesOnAfterSignalboxWasKilledInMidTurn() {
    talk.say(ModelScript.of(says("Noted.")), "The secret word is egret");
    var endless = says("word{n} ").repeat(2_000, Duration.ofMillis(50));
    String turn = talk.send(ModelScript.of(endless), "Talk on");
    talk.view().awaitUntil(LONG, view -> view.deltas() > 2);

    killSignalbox();

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("interrupted");
    assertThat(talk.say(ModelScript.of(says("Egret.")), "Which one?").path("state").asString())
        .isEqualTo("completed");
    assertThat(asked("Which one?").messages())
        .anyMatch(message -> message.text().contains("secret word is egret"));
  }

  @Test
  @Tag("R-LIFE-10")
  @Tag("R-ASK-5")
  void goesOnAfterSignalboxWasKilledWhileItAsked() {
    String turn = talk.send(ModelScript.of(calls(new ToolUse.Shell("touch no.txt"))), "Run it");
    talk.ask(turn, "execute");

    killSignalbox();

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("interrupted");
    assertThat(client.openAsks()).noneMatch(open -> open.path("turn").asString().equals(turn));
    assertThat(talk.say(ModelScript.of(says("Back.")), "And now?").path("state").asString())
        .isEqualTo("completed");
    assertThat(talk.project().resolve("no.txt")).doesNotExist();
  }

  @Test
  @Tag("R-DRV-11")
  void changesItsModelInAWarmConversation() {
    var other = agent.otherModel();
    assumeTrue(other != null, "not offered: a second model");
    talk.say(ModelScript.of(says("One.")), "With the first model");
    JsonNode before = talk.thread();

    String turn =
        talk.send(ModelScript.of(says("Two.")), "With the other one", "model", other.id());

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("completed");
    assertThat(asked("With the first model").model()).isNotEqualTo(other.asked());
    assertThat(asked("With the other one").model()).isEqualTo(other.asked());
    talk.say(ModelScript.of(says("Three.")), "And it stays");
    assertThat(asked("And it stays").model()).isEqualTo(other.asked());
    assertThat(talk.thread().path("pid")).isEqualTo(before.path("pid"));
    assertThat(talk.thread().path("nativeId")).isEqualTo(before.path("nativeId"));
    assertThat(talk.thread().path("model").asString()).isEqualTo(other.id());
  }

  @Test
  @Tag("R-DRV-11")
  @Tag("R-ASK-3")
  void changesItsModeInAWarmConversation() {
    var mode = agent.modeThatAsksNothing();
    assumeTrue(mode != null, "not offered: a mode that asks nothing");
    talk.say(ModelScript.of(says("One.")), "In the first mode");
    JsonNode before = talk.thread();
    var touch = ModelScript.of(calls(new ToolUse.Shell("touch made.txt")), says("Made."));

    String turn = talk.send(touch, "In the other one", "mode", mode);

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("completed");
    assertThat(talk.view().facts("ask.opened")).isEmpty();
    assertThat(talk.project().resolve("made.txt")).exists();
    assertThat(talk.thread().path("pid")).isEqualTo(before.path("pid"));
    assertThat(talk.thread().path("mode").asString()).isEqualTo(mode);
  }

  @Test
  @Tag("R-LANE-6")
  void changesNothingInALaneThatOnlyReads() throws IOException {
    Path file = Files.writeString(talk.project().resolve("a.txt"), "alpha\nbeta\n");
    try (var reader = Talk.reading(client, agent.id, talk.project())) {
      String turn = reader.send(editing(file), "Change beta");
      assertThat(reader.end(turn).path("state").asString()).isEqualTo("completed");
      var touch = new ToolUse.Shell("touch made.txt");
      reader.say(ModelScript.of(calls(touch), says("Made.")), "Make a file");

      assertThat(reader.view().facts("ask.opened")).as("nobody is asked").isEmpty();
      assertThat(reader.view().complaints()).isEmpty();
    }
    assertThat(file).hasContent("alpha\nbeta\n");
    assertThat(talk.project().resolve("made.txt")).doesNotExist();
  }

  @Test
  @Tag("R-LANE-4")
  void worksInTwoProjectsAtOnceWithoutMixingThem() throws IOException {
    var here = says("here{n} ").repeat(60, Duration.ofMillis(50));
    var there = says("there{n} ").repeat(60, Duration.ofMillis(50));
    try (var other = talk("another-project")) {
      String one = talk.send(ModelScript.of(here), "Say here");
      String two = other.send(ModelScript.of(there), "Say there");
      talk.view().awaitUntil(LONG, view -> view.deltas() > 0);
      other.view().awaitUntil(LONG, view -> view.deltas() > 0);

      boolean together = !talk.ended(one) && !other.ended(two);

      assertThat(talk.end(one).path("state").asString()).isEqualTo("completed");
      assertThat(other.end(two).path("state").asString()).isEqualTo("completed");
      assertThat(together).as("both ran at the same time").isTrue();
      assertThat(talk.texts("text")).containsExactly(here.wholeText());
      assertThat(other.texts("text")).containsExactly(there.wholeText());
      assertThat(other.view().complaints()).isEmpty();
    }
  }

  @Test
  @Tag("R-TURN-8")
  void tellsWhatTheModelRefused() {
    talk.say(ModelScript.of(fails(401)), "Try");

    String all = String.join("\n", talk.view().facts());
    assertThat(all).containsIgnoringCase("401");
    assertThat(talk.say(ModelScript.of(says("Fine.")), "Again").path("state").asString())
        .isEqualTo("completed");
  }

  /// The last request that these words of the user asked for. Others may have come later: qwen lets
  /// its model look through the conversation for what to remember.
  private Conversation asked(String words) {
    return model.mainRequests().stream()
        .map(ModelRequest::conversation)
        .filter(conversation -> conversation.lastUserText().contains(words))
        .reduce((earlier, later) -> later)
        .orElseThrow(() -> new AssertionError("the model was never asked: " + words));
  }

  /// Kills the server, starts another over the same data and looks at the same lane again.
  private void killSignalbox() {
    talk.close();
    client.close();
    server.kill();
    server.restart();
    client = server.client();
    talk = talk.again(client);
  }

  private void killAgent() {
    long pid = talk.thread().path("pid").asLong();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    await().atMost(LONG).until(() -> ProcessHandle.of(pid).isEmpty());
  }

  /// How many processes of the machine have these words in their command line.
  private static long running(String words) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(words))
        .count();
  }

  private static ModelScript editing(Path file) {
    return ModelScript.of(
        calls(new ToolUse.Read(file.toString())),
        calls(new ToolUse.Edit(file.toString(), "beta", "BETA")),
        says("Edited."));
  }
}
