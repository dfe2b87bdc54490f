package dev.signalbox.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.Eviction.Entry;
import dev.signalbox.agent.Eviction.Reason;
import dev.signalbox.agent.Eviction.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("R-LIFE-15")
class EvictionTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);
  private static final int MANY = 100;

  @Test
  @Tag("R-LIFE-5")
  void whatHasIdledForItsTimeGoesAndNothingElse() {
    var entries = List.of(idle("a", 31), idle("b", 30), idle("c", 29), busy("d"));

    assertThat(Eviction.decide(entries, MANY, Long.MAX_VALUE, NOW))
        .containsExactly(new Verdict("a", Reason.IDLE), new Verdict("b", Reason.IDLE));
  }

  @Test
  void everyAgentMayHaveItsOwnTime() {
    var hasty = new Entry("a", NOW.minusSeconds(61), false, Duration.ofMinutes(1), 0);
    var patient = new Entry("b", NOW.minusSeconds(61), false, Duration.ofHours(2), 0);

    assertThat(Eviction.decide(List.of(hasty, patient), MANY, Long.MAX_VALUE, NOW))
        .containsExactly(new Verdict("a", Reason.IDLE));
  }

  @Test
  @Tag("R-LIFE-6")
  void beyondTheCeilingWhoeverWasUsedLongestAgoGoes() {
    var entries = List.of(idle("a", 3), idle("b", 7), idle("c", 5), busy("d"));

    assertThat(Eviction.decide(entries, 2, Long.MAX_VALUE, NOW))
        .containsExactly(new Verdict("b", Reason.TOO_MANY), new Verdict("c", Reason.TOO_MANY));
  }

  @Test
  @Tag("R-LIFE-7")
  void whatIsBusyStartingOrKeptWarmStaysHoweverFarBeyond() {
    var pinned = new Entry("p", NOW.minus(Duration.ofDays(9)), true, HALF_AN_HOUR, 1 << 30);

    assertThat(Eviction.decide(List.of(busy("a"), busy("b"), pinned), 1, 1, NOW)).isEmpty();
  }

  @Test
  @Tag("R-LIFE-6")
  void beyondTheMemoryWhoeverWasUsedLongestAgoGoesUntilItFits() {
    var entries = List.of(idle("a", 1, 400), idle("b", 9, 100), idle("c", 5, 300), busy("d", 500));

    assertThat(Eviction.decide(entries, MANY, 900, NOW))
        .containsExactly(new Verdict("b", Reason.MEMORY), new Verdict("c", Reason.MEMORY));
  }

  @Test
  void whatGoesForItsIdlenessIsNotCountedAgainstTheCeiling() {
    var entries = List.of(idle("old", 40), idle("a", 1), idle("b", 2));

    assertThat(Eviction.decide(entries, 2, Long.MAX_VALUE, NOW))
        .containsExactly(new Verdict("old", Reason.IDLE));
  }

  @Test
  @Tag("R-LIFE-16")
  void onceDecidedThereIsNothingLeftToDecide() {
    var entries = new ArrayList<>(List.of(idle("a", 31), idle("b", 3), idle("c", 2), busy("d")));
    var verdicts = Eviction.decide(entries, 2, Long.MAX_VALUE, NOW);
    entries.removeIf(
        entry -> verdicts.stream().anyMatch(verdict -> verdict.id().equals(entry.id())));

    assertThat(verdicts).hasSize(2);
    assertThat(Eviction.decide(entries, 2, Long.MAX_VALUE, NOW)).isEmpty();
  }

  @Test
  @Tag("R-LIFE-14")
  void aProcessIsLostOnceAtTheFailureThatIsOneTooMany() {
    var pulse = Pulse.GOOD.after(false).after(false);
    assertThat(pulse.lost(3)).isFalse();
    assertThat(pulse.after(false).lost(3)).isTrue();
    assertThat(pulse.after(false).after(false).lost(3)).isFalse();
    assertThat(pulse.after(true).after(false).lost(3)).isFalse();
  }

  private static Entry idle(String id, int minutes) {
    return idle(id, minutes, 0);
  }

  private static Entry idle(String id, int minutes, long memory) {
    return new Entry(id, NOW.minus(Duration.ofMinutes(minutes)), false, HALF_AN_HOUR, memory);
  }

  private static Entry busy(String id) {
    return busy(id, 0);
  }

  private static Entry busy(String id, long memory) {
    return new Entry(id, null, false, HALF_AN_HOUR, memory);
  }
}
