package dev.signalbox.agents;

import static dev.signalbox.testkit.model.ModelTurn.calls;
import static dev.signalbox.testkit.model.ModelTurn.fails;
import static dev.signalbox.testkit.model.ModelTurn.says;
import static dev.signalbox.testkit.model.ModelTurn.thinks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

    assertThat(talk.texts("reasoning")).containsExactly("First I ponder. Then I decide.");
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
    var run = new ToolUse.Shell("touch made.txt; echo out-of-the-shell");

    String turn = talk.send(ModelScript.of(says("Running. ").tool(run), says("Done.")), "Run it");
    talk.answerAll(turn, "allow");

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("completed");
    assertThat(talk.project().resolve("made.txt")).exists();
    assertThat(talk.tool("execute").path("output").asString("")).contains("out-of-the-shell");
  }

  @Test
  @Tag("R-SEND-9")
  void getsAnImageExactlyAsItWasPasted() {
    byte[] image = Base64.getDecoder().decode(PNG);

    String upload = client.upload("image/png", image);
    String turn = talk.send(ModelScript.of(says("A pixel.")), "What is this?", upload);

    assertThat(talk.end(turn).path("state").asString()).isEqualTo("completed");
    assertThat(model.mainRequests().getLast().conversation().images())
        .singleElement()
        .asString()
        .endsWith(PNG);
  }

  @Test
  @Tag("R-SEND-4")
  void getsALongPromptUnaltered() {
    String words = "line with «quotes», \"double\", 'single', tabs\t and 日本語 🙂\n".repeat(500);

    talk.say(ModelScript.of(says("Read.")), words);

    assertThat(model.mainRequests().getLast().conversation().lastUserText()).contains(words);
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
    if (agent.endsItsCommands) {
      await().atMost(LONG).untilAsserted(() -> assertThat(running(sleeping)).isZero());
    }
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
    assertThat(model.mainRequests().getLast().conversation().messages())
        .anyMatch(message -> message.text().contains("secret word is heron"));
    assertThat(talk.texts("reasoning")).containsExactly("One.", "Two.");
  }

  @Test
  @Tag("R-LIFE-1")
  void goesOnAfterItsIdleProcessWasKilled() {
    talk.say(ModelScript.of(says("Noted.")), "The secret word is heron");
    long pid = talk.thread().path("pid").asLong();

    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    await().atMost(LONG).until(() -> ProcessHandle.of(pid).isEmpty());

    assertThat(talk.say(ModelScript.of(says("Heron.")), "The word?").path("state").asString())
        .isEqualTo("completed");
    assertThat(talk.texts("text")).containsExactly("Noted.", "Heron.");
    assertThat(talk.thread().path("pid").asLong()).isNotEqualTo(pid);
  }

  @Test
  @Tag("R-LIFE-2")
  void failsTheTurnWhenKilledInItAndGoesOn() {
    var endless = says("word{n} ").repeat(2_000, Duration.ofMillis(50));
    String turn = talk.send(ModelScript.of(endless), "Talk on");
    talk.view().awaitUntil(LONG, view -> view.deltas() > 2);

    ProcessHandle.of(talk.thread().path("pid").asLong()).orElseThrow().destroyForcibly();

    JsonNode end = talk.end(turn);
    assertThat(end.path("state").asString()).isEqualTo("failed");
    assertThat(end.at("/error/detail").asString("")).isNotEmpty();
    assertThat(talk.texts("text").getLast()).startsWith("word0 word1 ");
    assertThat(talk.say(ModelScript.of(says("Back.")), "And now?").path("state").asString())
        .isEqualTo("completed");
    assertThat(talk.texts("text").getLast()).isEqualTo("Back.");
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
