package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Following, when something ends it.
class FollowTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  @Tag("R-TURN-7")
  void R_TURN_7_ctrlCEndsTheWatchingAndLeavesTheTurnRunning() throws Exception {
    assumeFalse(
        ignoresInterrupt(), "started in the background: Ctrl-C is ignored by all its children");
    var project = Files.createDirectory(folder.resolve("project"));
    try (var server = ServerUnderTest.start(folder);
        var client = server.client();
        var send =
            Program.start(
                folder,
                Map.of("SIGNALBOX_DATA", server.data().toString()),
                "send",
                "--project",
                project.toString(),
                "--agent",
                "practice",
                "--follow",
                "count 400")) {
      await().atMost(SOON).until(() -> send.out().contains("2\n"));

      send.interrupt();

      assertThat(send.end()).isEqualTo(130);
      assertThat(send.err())
          .contains("The turn goes on.", "signalbox attach s_", "signalbox stop s_");
      var session = client.get("/api/sessions").ok().path(0);
      assertThat(session.path("state").asString()).isEqualTo("running");
      client.interrupt(Client.lane(session, "worker"));
    }
  }

  /// Children inherit it: a shell starts its background jobs so.
  private static boolean ignoresInterrupt() throws IOException {
    var status = Path.of("/proc/self/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
  }

  @Test
  @Tag("R-EVT-3")
  void followingGoesOnAcrossARestartOfTheServerAndLosesNothing() throws Exception {
    var project = Files.createDirectory(folder.resolve("project"));
    try (var server = ServerUnderTest.start(folder)) {
      var terminal = Terminal.with(Map.of("SIGNALBOX_DATA", server.data().toString()));
      var send =
          terminal.start(
              "send",
              "--project",
              project.toString(),
              "--agent",
              "practice",
              "--follow",
              "count 400");
      await().atMost(SOON).until(() -> send.out().contains("3\n"));

      server.kill();
      server.restart();

      var called = send.end();
      assertThat(called.exit()).isEqualTo(130);
      assertThat(called.err())
          .contains("The connection was lost", "Connected again.", "The turn was interrupted");
      assertThat(called.out()).startsWith("1\n2\n3\n");
      assertThat(called.out().lines()).doesNotHaveDuplicates();
    }
  }
}
