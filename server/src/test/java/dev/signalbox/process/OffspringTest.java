package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.process.ProcessTable.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Agent 10 had a server of tools, 11, when the turn began.
@Tag("R-LIFE-12")
class OffspringTest {
  private static final Entry AGENT = entry(10, 1);
  private static final Entry TOOLS = entry(11, 10);
  private final Offspring before = new Offspring(table(AGENT, TOOLS));

  @Test
  void aShellAndAllItStartedAreNewParentsFirst() {
    assertThat(since(Set.of(), entry(22, 21), entry(21, 20), entry(20, 10)))
        .extracting(Entry::pid)
        .containsExactly(20L, 21L, 22L);
  }

  @Test
  void whoWasThereBeforeIsNotNewUnlessTheNumberIsSomebodyElsesByNow() {
    assertThat(since(Set.of())).isEmpty();
    var again = new Entry(11, 10, 11, 11, "later");
    assertThat(before.since(table(AGENT, again), pid -> false)).containsExactly(again);
  }

  @Test
  void aHelperTheAgentTalksToIsLeftOutWithAllThatCameOfIt() {
    assertThat(since(Set.of(20L), entry(20, 10), entry(21, 20), entry(30, 10)))
        .extracting(Entry::pid)
        .containsExactly(30L);
  }

  @Test
  void aPipeInsideACommandProtectsNobody() {
    assertThat(since(Set.of(21L), entry(20, 10), entry(21, 20)))
        .extracting(Entry::pid)
        .containsExactly(20L, 21L);
  }

  @Test
  void oneThatLostItsParentIsNew() {
    assertThat(since(Set.of(40L), entry(40, 1))).extracting(Entry::pid).containsExactly(40L);
  }

  private List<Entry> since(Set<Long> spokenTo, Entry... more) {
    var now = new ArrayList<>(List.of(AGENT, TOOLS));
    now.addAll(List.of(more));
    return before.since(table(now.toArray(Entry[]::new)), spokenTo::contains);
  }

  private static Map<Long, Entry> table(Entry... entries) {
    var table = new HashMap<Long, Entry>();
    for (var entry : entries) {
      table.put(entry.pid(), entry);
    }
    return table;
  }

  private static Entry entry(long pid, long parent) {
    return new Entry(pid, parent, pid, pid, "start-" + pid);
  }
}
