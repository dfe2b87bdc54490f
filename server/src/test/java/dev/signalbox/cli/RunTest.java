package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testkit.server.ServerUnderTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Jobs from a terminal, with the practice agent and the real server.
@Tag("R-JOB-3")
class RunTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private static Path folder;
  private static ServerUnderTest server;
  private static Terminal terminal;
  private static Path project;

  @BeforeAll
  static void start() throws IOException {
    server = ServerUnderTest.start(folder);
    project = Files.createDirectories(folder.resolve("project"));
    terminal =
        Terminal.with(
            Map.of(
                "SIGNALBOX_DATA", server.data().toString(),
                "HOME", server.home().toString(),
                "PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin")));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aJobPrintsItsAnswerAndExitsAsItEnded() {
    var called = run("count 3");
    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(called.out()).isEqualTo("1\n2\n3\n");
    assertThat(called.err()).startsWith("job j_");
  }

  @Test
  void theAnswerIsPrintedAsItGrowsAndACancelledJobExitsWith130() {
    var running = start("count 1000");
    await().atMost(SOON).until(() -> running.out().startsWith("1\n2\n"));
    assertThat(running.isAlive()).isTrue();
    assertThat(terminal.call("run", "--cancel", id(running.err())).exit()).isZero();
    var called = running.end();
    assertThat(called.exit()).isEqualTo(130);
    assertThat(called.err()).contains("The job was cancelled.");
  }

  @Test
  void aPromptMayComeThroughAPipe() {
    var typing = terminal.typing("count 2".getBytes(StandardCharsets.UTF_8));
    var called = typing.call("run", "-", "--project", project.toString(), "--agent", "practice");
    assertThat(called.out()).isEqualTo("1\n2\n");
  }

  @Test
  void R_ASK_4_whatWasDeniedIsSaid() {
    var called = run("write made.txt hello", "--in-place");
    assertThat(called.err()).contains("Denied, because nobody is there to be asked");
    assertThat(project.resolve("made.txt")).doesNotExist();
  }

  @Test
  void aDetachedJobIsFoundAgainShownTriedAgainAndRemoved() {
    var said = run("count 2", "--detach");
    assertThat(said.out()).matches("(?s)Job j_\\w+ is (queued|running); .*--show j_.*");
    var id = id(said.out().toLowerCase(java.util.Locale.ROOT));
    assertThat(terminal.call("run", "--show", id).out()).isEqualTo("1\n2\n");
    assertThat(terminal.call("run", "--list").out()).contains(id).contains("completed");

    assertThat(terminal.call("run", "--retry", id).out()).isEqualTo("1\n2\n");
    assertThat(json(terminal.call("run", "--show", id, "--json")).path("attempt").asInt())
        .isEqualTo(2);
    assertThat(terminal.call("run", "--cancel", id).err()).contains("has ended already");
    assertThat(terminal.call("run", "--remove", id).exit()).isZero();
    assertThat(terminal.call("run", "--list").out()).doesNotContain(id);
    assertThat(terminal.call("run", "--show", id).exit()).isEqualTo(1);
  }

  @Test
  void forProgramsTheWholeJobIsPrinted() {
    var job = json(run("count 1", "--json"));
    assertThat(job.path("state").asString()).isEqualTo("completed");
    assertThat(job.path("result").asString()).isEqualTo("1\n");
  }

  @Test
  void anUnknownAgentIsRefused() {
    var called = terminal.call("run", "x", "--project", project.toString(), "--agent", "nobody");
    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.err()).contains("There is no agent 'nobody'");
  }

  private static Terminal.Called run(String... more) {
    return start(more).end();
  }

  private static Terminal.Running start(String... more) {
    var args =
        new ArrayList<>(List.of("run", "--project", project.toString(), "--agent", "practice"));
    args.addAll(List.of(more));
    return terminal.start(args.toArray(String[]::new));
  }

  /// Of a line that begins with `job`.
  private static String id(String line) {
    return line.substring("job ".length()).split("\\s", 2)[0];
  }

  private static JsonNode json(Terminal.Called called) {
    assertThat(called.exit()).as(called.err()).isZero();
    return Rest.JSON.readTree(called.out());
  }
}
