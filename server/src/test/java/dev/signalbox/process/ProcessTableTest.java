package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.process.ProcessTable.Entry;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The table of other platforms is read with this machine's `ps`, which prints the same columns.
final class ProcessTableTest {
  private final ProcessTable proc = new ProcTable();
  private final ProcessTable ps = new PsTable();
  private final String nonce = Machine.nonce();
  private Process process;

  @BeforeEach
  void startOne() throws Exception {
    var builder = new ProcessBuilder("setsid", "sleep", nonce);
    builder.environment().put("A_MARK", nonce);
    process = builder.start();
    Machine.awaitAlive(nonce, 1);
  }

  @AfterEach
  void endIt() throws Exception {
    process.destroyForcibly().waitFor();
  }

  @Test
  void bothTablesTellTheSame() {
    Entry seen = proc.entry(process.pid()).orElseThrow();
    Entry printed = ps.entry(process.pid()).orElseThrow();

    assertThat(seen.parent()).isEqualTo(ProcessHandle.current().pid());
    assertThat(seen.group()).isEqualTo(process.pid());
    assertThat(seen.session()).isEqualTo(process.pid());
    assertThat(printed.parent()).isEqualTo(seen.parent());
    assertThat(printed.group()).isEqualTo(seen.group());
    assertThat(proc.entries()).containsEntry(process.pid(), seen);
    assertThat(ps.entries()).containsEntry(process.pid(), printed);
    assertThat(ps.residentBytes(process.pid())).isEqualTo(proc.residentBytes(process.pid()));
  }

  @Test
  void aMarkIsFoundWholeAndNotInPart() {
    for (ProcessTable table : List.of(proc, ps)) {
      assertThat(table.carrying("A_MARK=" + nonce)).containsExactly(process.pid());
      assertThat(table.carrying("A_MARK=" + nonce.substring(0, 9))).isEmpty();
      assertThat(table.carrying("MARK=" + nonce)).isEmpty();
    }
  }

  @Test
  void theDeadAreNotInTheTable() throws Exception {
    process.destroyForcibly().waitFor();

    for (ProcessTable table : List.of(proc, ps)) {
      assertThat(table.entry(process.pid())).isEmpty();
      assertThat(table.residentBytes(process.pid())).isZero();
    }
  }

  @Test
  void R_LIFE_13_aProcessThatStartedAtAnotherTimeIsNotSignalled() throws Exception {
    Entry entry = proc.entry(process.pid()).orElseThrow();
    var before = new Entry(entry.pid(), entry.parent(), entry.group(), entry.session(), "1");
    var tree = new Tree(proc, "NO=MARK", List.of(), true, java.util.Set.of());

    tree.signal(before, true);
    assertThat(process.waitFor(300, java.util.concurrent.TimeUnit.MILLISECONDS)).isFalse();

    tree.signal(entry, true);
    assertThat(process.waitFor()).isEqualTo(137);
  }
}
