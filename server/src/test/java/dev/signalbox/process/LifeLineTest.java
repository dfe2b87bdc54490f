package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server is killed and nothing of it may be left: F1, F2 and F9 of the fault tests.
final class LifeLineTest extends ServerFixture {
  private static final int ROUNDS = Integer.getInteger("signalbox.rounds", 5);
  private static final int CHILDREN = Integer.getInteger("signalbox.children", 8);

  @ParameterizedTest
  @EnumSource
  void R_LIFE_13_nothingIsLeftTwoSecondsAfterTheServerWasKilled(Lock lock) throws Exception {
    var millis = new ArrayList<Long>();
    for (int round = 0; round < ROUNDS; round++) {
      nonce = Machine.nonce();
      Server server = server(lock, CHILDREN);

      long killed = System.nanoTime();
      server.process().destroyForcibly().waitFor();
      Machine.awaitNoneAlive(nonce, GONE);
      millis.add((System.nanoTime() - killed) / 1_000_000);
    }
    Collections.sort(millis);
    System.out.printf(
        "%s: %d rounds of %d children, all gone after %d ms (median), %d ms (p99), %d ms (worst)%n",
        lock,
        ROUNDS,
        CHILDREN,
        millis.get(millis.size() / 2),
        millis.get((millis.size() * 99 - 1) / 100),
        millis.getLast());
  }

  @Test
  void R_LIFE_13_theGuardLeavesNoRecordAndEndsItself() throws Exception {
    Server server = server(Lock.GUARD_ALONE, 1);

    server.process().destroyForcibly().waitFor();

    await(() -> !Machine.isAlive(server.guard()));
    try (var left = Files.list(runs)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void R_LIFE_13_aProcessOfTheUserSurvivesTheServer() throws Exception {
    var own = new ProcessBuilder("sleep", Machine.nonce()).start();
    usersOwn.add(own);
    Server server = server(Lock.GUARD_ALONE, 2);

    server.process().destroyForcibly().waitFor();

    await(() -> !Machine.isAlive(server.guard()));
    assertThat(own.isAlive()).isTrue();
  }

  @Test
  void R_LIFE_13_theTerminalOfTheServerIsNotFollowed() throws Exception {
    // The server is in this JVM's session and group: were those followed, this test would not end.
    Server server = server(Lock.GUARD_ALONE, 1);
    assertThat(session(server.process().pid())).isEqualTo(session(ProcessHandle.current().pid()));

    server.process().destroyForcibly().waitFor();

    await(() -> !Machine.isAlive(server.guard()));
    assertThat(Machine.alive(nonce)).isEmpty();
  }

  @Test
  void R_LIFE_13_theGuardOutlivesWhatEndsTheServersTerminal() throws Exception {
    Server server = server(Lock.GUARD_ALONE, 1);
    assertThat(session(server.guard())).isNotEqualTo(session(server.process().pid()));
    for (String signal : List.of("TERM", "HUP", "INT", "QUIT", "PIPE")) {
      Machine.signal(signal, server.guard());
    }

    server.process().destroyForcibly().waitFor();

    Machine.awaitNoneAlive(nonce, GONE);
  }

  @Test
  void R_LIFE_13_aKilledGuardIsReplacedAndTheNewOneDoesTheSame() throws Exception {
    Server server = server(Lock.GUARD_ALONE, 2);
    Machine.signal("KILL", server.guard());
    await(() -> guards(server.process().pid()).stream().anyMatch(pid -> pid != server.guard()));

    server.process().destroyForcibly().waitFor();

    Machine.awaitNoneAlive(nonce, GONE);
  }

  @Test
  void R_LIFE_13_anOrderlyEndNeedsNoGuard() throws Exception {
    Server server = server(Lock.GUARD_ALONE, 2);
    Machine.signal("KILL", server.guard());

    server.process().getOutputStream().write('\n');
    server.process().getOutputStream().flush();

    assertThat(server.out().readLine()).isEqualTo("closed");
    assertThat(Machine.alive(nonce)).isEmpty();
    assertThat(guards(server.process().pid())).isEmpty();
    try (var left = Files.list(runs)) {
      assertThat(left).isEmpty();
    }
  }
}
