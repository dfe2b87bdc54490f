package dev.signalbox.agent.claude;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageLimitTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:30:00Z");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "Claude AI usage limit reached|1795300000;2026-11-21T22:26:40Z",
        "You've hit your limit · resets 2pm (UTC);2026-11-21T14:00:00Z",
        "Usage limit reached. Your limit will reset at 2pm.;2026-11-21T13:00:00Z",
        "5-hour limit reached ∙ resets 9am;2026-11-22T08:00:00Z",
        "limit reached, resets 12am (UTC);2026-11-22T00:00:00Z",
        "limit reached, resets 14:45 (Europe/Berlin);2026-11-21T13:45:00Z",
        "Weekly limit reached ∙ resets Nov 24, 3pm (UTC);2026-11-24T15:00:00Z",
        "Weekly limit reached ∙ resets Jan 2 at 3:30pm (UTC);2027-01-02T15:30:00Z"
      })
  void R_TURN_8_whenALimitEndsIsReadFromTheWords(String said, Instant end) {
    assertThat(UsageLimit.told(said)).isTrue();
    assertThat(UsageLimit.resetsAt(said, NOW, BERLIN)).contains(end);
  }

  @ParameterizedTest
  @CsvSource({
    "usage limit reached",
    "limit reached resets 25:99",
    "limit reached resets 2pm (Mars/Olympus)",
    "limit reached resets 7"
  })
  void whatNamesNoTimeHasNone(String said) {
    assertThat(UsageLimit.resetsAt(said, NOW, BERLIN)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"API Error: 529 overloaded", "rate limit: slow down", "Prompt is too long"})
  void otherTroubleIsNoLimitOfUse(String said) {
    assertThat(UsageLimit.told(said)).isFalse();
  }
}
