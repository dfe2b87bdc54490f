package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server and its guard are killed, and the next start finds what they left: F6 of the fault
/// tests.
final class ReaperTest extends ServerFixture {
  @ParameterizedTest
  @EnumSource(names = {"GUARD_ALONE", "GUARD_WITHOUT_PROC"})
  void R_LIFE_13_theNextStartEndsWhatAServerAndItsGuardLeft(Lock lock) throws Exception {
    Server server = serverThatDiesWithItsGuard(lock);
    assertThat(Machine.alive(nonce)).hasSizeGreaterThanOrEqualTo(2 * Machine.NASTY_PROCESSES);
    ProcessTable table = lock.table.equals("ps") ? new PsTable() : new ProcTable();
    try (var children = Children.open(runs, System.getenv(), false, table)) {

      Reaped reaped = children.reapEarlierRuns();

      assertThat(Machine.alive(nonce)).isEmpty();
      assertThat(reaped.runs()).isEqualTo(1);
      assertThat(reaped.ended()).isGreaterThanOrEqualTo(2 * Machine.NASTY_PROCESSES);
      assertThat(children.reapEarlierRuns()).isEqualTo(new Reaped(0, 0, 0));
    }
    assertThat(server.process().isAlive()).isFalse();
  }

  @Test
  void R_LIFE_13_aForeignProcessWithARecordedNumberIsLeftAlone() throws Exception {
    serverThatDiesWithItsGuard(Lock.GUARD_ALONE);
    var foreign = new ProcessBuilder("setsid", "sleep", Machine.nonce()).start();
    usersOwn.add(foreign);
    Path record = onlyRun();
    // The number of a child that has ended, given to somebody else since: it started at another
    // time.
    Files.writeString(record.resolve("children/99"), foreign.pid() + " 1\n");
    try (var children = Children.open(runs, System.getenv(), false, new ProcTable())) {

      Reaped reaped = children.reapEarlierRuns();

      assertThat(reaped.spared()).isEqualTo(1);
      assertThat(Machine.alive(nonce)).isEmpty();
      assertThat(foreign.isAlive()).isTrue();
    }
  }

  @Test
  void R_LIFE_13_afterABootTheNumbersOfARecordMeanNothing() throws Exception {
    serverThatDiesWithItsGuard(Lock.GUARD_ALONE);
    Path run = onlyRun().resolve("run");
    var lines = new ArrayList<>(Files.readAllLines(run));
    lines.set(0, "another-boot");
    Files.write(run, lines);
    try (var children = Children.open(runs, System.getenv(), false, new ProcTable())) {

      assertThat(children.reapEarlierRuns()).isEqualTo(new Reaped(1, 0, 0));

      // They cannot in truth be of another boot, so that they live shows what the record decided.
      assertThat(Machine.alive(nonce)).isNotEmpty();
    }
  }

  @Test
  void R_LIFE_13_theRunOfALiveServerIsNotReaped() throws Exception {
    Server server = server(Lock.GUARD_ALONE, 1);
    Files.createDirectories(runs.resolve("not-a-run/children"));
    try (var children = Children.open(runs, System.getenv(), false, new ProcTable())) {

      assertThat(children.reapEarlierRuns()).isEqualTo(new Reaped(0, 0, 0));

      assertThat(Machine.alive(nonce)).hasSizeGreaterThanOrEqualTo(Machine.NASTY_PROCESSES);
      assertThat(server.process().isAlive()).isTrue();
      assertThat(runs.resolve("not-a-run/children")).exists();
    }
  }

  /// Stopped, it cannot replace its guard.
  private Server serverThatDiesWithItsGuard(Lock lock) throws Exception {
    Server server = server(lock, 2);
    Machine.signal("STOP", server.process().pid());
    Machine.signal("KILL", server.guard());
    await(() -> !Machine.isAlive(server.guard()));
    server.process().destroyForcibly().waitFor();
    return server;
  }

  private Path onlyRun() throws IOException {
    try (var all = Files.list(runs)) {
      List<Path> list = all.toList();
      assertThat(list).hasSize(1);
      return list.getFirst();
    }
  }
}
