package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What somebody does who has only a terminal, with the practice agent and the real server.
@Tag("R-UI-9")
class TourTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private static Path folder;
  private static ServerUnderTest server;
  private static Terminal terminal;
  private static Client client;
  private Path project;

  @BeforeAll
  static void start() {
    server = ServerUnderTest.start(folder);
    terminal = Terminal.with(environment());
    client = server.client();
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  /// A project of its own for every test, so that none waits for another's.
  @BeforeEach
  void makeProject(TestInfo test) throws IOException {
    project =
        Files.createDirectories(
            folder.resolve("projects").resolve(test.getDisplayName().replaceAll("\\W", "")));
    Files.writeString(project.resolve("你好.md"), "x");
  }

  @Test
  void R_UI_9_aPromptFromTheCommandLineStreamsItsAnswer() {
    var called = send("list", "--lane", "worker", "--follow");

    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(called.out()).startsWith("[search] list .\n").contains("- 你好.md");
    assertThat(called.err()).startsWith("session s_").contains("lane worker");
  }

  @Test
  void theAnswerIsThereBeforeTheTurnHasEnded() {
    var running = start("count 400", "--follow");

    await().atMost(SOON).until(() -> running.out().startsWith("1\n2\n3\n"));
    assertThat(running.isAlive()).isTrue();
    terminal.call("stop", session(running.err()));
    assertThat(running.end().exit()).isEqualTo(130);
  }

  @Test
  void withoutFollowTheReceiptSaysHowToWatch() {
    var called = send("count 2");
    assertThat(called.exit()).isZero();
    assertThat(called.out())
        .matches("(?s)Turn t_\\w+ is running in the lane worker of session s_.*attach s_.*");

    var json = json(send("count 1", "--json"));
    assertThat(json.path("turn").asString()).startsWith("t_");
    assertThat(json.path("session").asString()).startsWith("s_");

    var watched = terminal.call("attach", json.path("session").asString(), "--until-idle");
    assertThat(watched.exit()).as(watched.err()).isZero();
    assertThat(watched.out()).contains("> count 2\n", "> count 1\n");
  }

  @Test
  void R_UI_9_lanesAreListedWithWhatTheyDoAndFilteredByAgent() {
    var sent = json(send("count 400", "--json"));
    var session = sent.path("session").asString();

    var listed = terminal.call("ls", "--project", project.toString());
    assertThat(listed.out().lines()).hasSize(2);
    assertThat(listed.out())
        .startsWith("SESSION")
        .contains(session, project.getFileName().toString(), "worker running (practice)");
    assertThat(ids("ls", "--agent", "practice")).contains(session);
    assertThat(ids("ls", "--agent", "goose")).doesNotContain(session);
    assertThat(ids("ls", "--state", "running")).contains(session);

    var unknown = terminal.call("ls", "--agent", "nobody");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.errLines()).singleElement().asString().contains("\"nobody\"", "practice");
    assertThat(terminal.call("ls", "--state", "busy").errLines())
        .singleElement()
        .asString()
        .contains("busy");
    assertThat(terminal.call("ls", "--project", "nowhere").exit()).isEqualTo(1);
    terminal.call("stop", session);
  }

  @Test
  void R_UI_9_aLaneIsStoppedWithoutTouchingTheOther() {
    var worker = start("count 400", "--follow");
    await().atMost(SOON).until(() -> worker.out().contains("2\n"));
    var session = session(worker.err());
    var planner =
        terminal.start(
            "send",
            "--session",
            session,
            "--lane",
            "planner",
            "--agent",
            "practice",
            "count 400",
            "--follow");
    await().atMost(SOON).until(() -> planner.out().contains("2\n"));

    var stopped = terminal.call("stop", session, "--lane", "planner");

    assertThat(stopped.out()).startsWith("Stopping turn t_").contains("lane planner");
    assertThat(planner.end().exit()).isEqualTo(130);
    assertThat(planner.err()).contains("The turn was interrupted");
    assertThat(worker.isAlive()).isTrue();
    assertThat(terminal.call("stop", session, "--lane", "planner").out())
        .contains("Nothing runs in the lane planner", "worker is running: --lane worker");
    assertThat(terminal.call("stop", session, "--agent", "goose").out())
        .contains("Nothing of goose runs");
    assertThat(terminal.call("stop", session, "--force").exit()).isZero();
    assertThat(worker.end().exit()).isEqualTo(130);
  }

  @Test
  void anAskEndsTheFollowingWithThreeAndIsAnsweredFromTheCommandLine() {
    var called = send("write note.txt hello", "--follow");
    assertThat(called.exit()).isEqualTo(3);
    assertThat(called.out()).contains("[ask] a_", "note.txt", "signalbox answer a_", "Allow once");

    var asks = terminal.call("asks", "--json", "--agent", "practice");
    var ask = mine(json(asks), session(called.err()));
    var id = ask.path("id").asString();
    assertThat(terminal.call("asks").out()).contains(id);
    assertThat(terminal.call("asks", "--agent", "goose").out()).doesNotContain(id);

    var wrong = terminal.call("answer", id, "perhaps");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.errLines()).singleElement().asString().contains("allow (Allow once)");
    assertThat(terminal.call("answer", id, "allow", "--agent", "goose").exit()).isEqualTo(2);

    var answered = terminal.call("answer", id, "Allow once");
    assertThat(answered.exit()).as(answered.err()).isZero();
    assertThat(answered.out()).startsWith("Answered \"Allow once\": ");
    var watched = terminal.call("attach", session(called.err()), "--until-idle");
    assertThat(watched.out()).contains("I wrote `note.txt`.");
    assertThat(project.resolve("note.txt")).hasContent("hello");

    var again = terminal.call("answer", id, "allow");
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.errLines()).singleElement().asString().contains("no open ask");
  }

  @Test
  void anAskIsDeclinedWithANote() {
    var session = session(send("run touch made", "--follow").err());
    var id = mine(json(terminal.call("asks", "--json")), session).path("id").asString();

    var declined =
        terminal.call("answer", id.substring(id.length() - 8), "--decline", "--note", "not now");

    assertThat(declined.out()).startsWith("Declined: ");
    assertThat(terminal.call("attach", session, "--until-idle").exit()).isZero();
    assertThat(project.resolve("made")).doesNotExist();
  }

  @Test
  void aTurnThatFailsExitsWithOneAndTheReason() throws IOException {
    assertThat(send("count 1", "--follow").exit()).isZero();
    Files.delete(project.resolve("你好.md"));
    Files.delete(project);
    var session = ids("ls", "--agent", "practice").lines().findFirst().orElseThrow();

    var called = terminal.call("send", "--session", session, "--follow", "list");

    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.err()).contains("The turn failed: ").contains(project.toString());
  }

  @Test
  @Tag("R-SEND-4")
  @Tag("R-UI-10")
  void R_SEND_4_R_UI_10_aPipedPromptArrivesAsItIs() {
    var text = "think 第一行\n\n  第二行\t👩‍👩‍👧 \n";

    var called =
        Terminal.with(environment())
            .typing(text.getBytes(UTF_8))
            .call("send", "-", "--project", project.toString(), "--agent", "practice", "--follow");

    assertThat(called.exit()).as(called.err()).isZero();
    var lane = Client.lane(client.get("/api/sessions/" + session(called.err())).ok(), "worker");
    var items = client.items(lane);
    assertThat(items.getFirst().path("text").asString()).isEqualTo(text);
  }

  @Test
  void everyFrameOfATurnIsALineOfJson() {
    var called = send("count 2", "--follow", "--json");

    var frames = called.out().lines().map(Rest.JSON::readTree).toList();
    assertThat(frames)
        .extracting(frame -> frame.path("type").asString())
        .startsWith("turn.queued", "turn.started")
        .contains("item.started", "delta", "item.completed")
        .endsWith("turn.ended");
    assertThat(called.exit()).isZero();
  }

  @Test
  void theSameSessionGoesOnUnlessANewOneIsWanted() {
    var first = json(send("count 1", "--json")).path("session").asString();
    var second = json(send("count 1", "--json")).path("session").asString();
    var third = json(send("count 1", "--json", "--new")).path("session").asString();

    assertThat(second).isEqualTo(first);
    assertThat(third).isNotEqualTo(first);
    assertThat(
            json(terminal.call("send", "--session", "last", "count 1", "--json"))
                .path("session")
                .asString())
        .isEqualTo(third);
  }

  @Test
  void whatDoesNotExistIsNamedWithWhatThereIs() {
    var session = json(send("count 1", "--json")).path("session").asString();

    assertThat(refused("send", "--session", session, "--agent", "nobody", "x"))
        .contains("nobody", "practice");
    assertThat(refused("send", "--session", session, "--lane", "side", "x"))
        .contains("\"side\"", "worker, planner");
    assertThat(
            refused(
                "send", "--project", folder.resolve("gone").toString(), "--agent", "practice", "x"))
        .contains("gone");
    assertThat(refused("attach", "s_nonsense")).contains("s_nonsense");
    assertThat(refused("answer", "a_nonsense", "allow")).contains("a_nonsense");
  }

  @Test
  void theAgentIsAskedForWhenItIsNotClear() {
    var called = terminal.call("send", "--project", project.toString(), "list");

    assertThat(called.exit()).isEqualTo(2);
    assertThat(called.errLines()).singleElement().asString().contains("--agent A", "practice");
  }

  @Test
  void agentsAreListedWithTheReasonWhyOneIsNotReadyAndHowToInstallIt() {
    var called = terminal.call("agents");

    assertThat(called.exit()).isZero();
    assertThat(called.out().lines().findFirst().orElseThrow())
        .matches("AGENT +NAME +VERSION +READY +INSTALL");
    assertThat(called.out().lines().filter(line -> line.startsWith("practice")))
        .singleElement()
        .asString()
        .contains("yes");
    var only = json(terminal.call("agents", "--adapter", "opencode", "--json"));
    assertThat(only.size()).isEqualTo(1);
    assertThat(only.path(0).path("id").asString()).isEqualTo("opencode");
  }

  @Test
  void theDoctorTellsEverythingButSecrets() {
    var called = terminal.call("doctor");

    assertThat(called.exit()).isZero();
    assertThat(called.out())
        .contains("Signalbox", "Java", "SQLite", "git version", "life-line", "bubblewrap")
        .contains("up at http://127.0.0.1:" + server.port())
        .contains("(rwx------)")
        .contains("practice")
        .doesNotContain(server.token())
        .doesNotContain(server.home().toString());
    var json = json(terminal.call("doctor", "--json"));
    assertThat(json.path("server").path("state").asString()).contains("pid " + server.pid());
    assertThat(json.path("problems").isArray()).isTrue();
  }

  private static Map<String, String> environment() {
    return Map.of(
        "SIGNALBOX_DATA", server.data().toString(),
        "HOME", server.home().toString(),
        "PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
  }

  private Terminal.Called send(String... more) {
    return start(more).end();
  }

  private Terminal.Running start(String... more) {
    var args = new String[more.length + 5];
    args[0] = "send";
    args[1] = "--project";
    args[2] = project.toString();
    args[3] = "--agent";
    args[4] = "practice";
    System.arraycopy(more, 0, args, 5, more.length);
    return terminal.start(args);
  }

  private static String refused(String... args) {
    var called = terminal.call(args);
    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.errLines()).hasSize(1);
    return called.err();
  }

  private static String ids(String... args) {
    var ids = new StringBuilder();
    for (var session : json(terminal.call(append(args, "--json")))) {
      ids.append(session.path("id").asString()).append('\n');
    }
    return ids.toString();
  }

  private static String[] append(String[] args, String last) {
    var all = java.util.Arrays.copyOf(args, args.length + 1);
    all[args.length] = last;
    return all;
  }

  private static JsonNode json(Terminal.Called called) {
    assertThat(called.exit()).as(called.err()).isZero();
    return Rest.JSON.readTree(called.out());
  }

  private static JsonNode mine(JsonNode asks, String session) {
    return asks.valueStream()
        .filter(ask -> ask.path("session").asString().equals(session))
        .findFirst()
        .orElseThrow();
  }

  /// Of the remark that following begins with.
  private static String session(String err) {
    return err.substring("session ".length(), err.indexOf(','));
  }
}
