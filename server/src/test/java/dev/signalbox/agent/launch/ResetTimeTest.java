package dev.signalbox.agent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("R-TURN-8")
class ResetTimeTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final ZoneId ZONE = ZoneOffset.UTC;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Claude usage limit reached. Resets at 14:00 | 2026-11-21T14:00:00Z",
        "You've hit your limit · resets 2pm | 2026-11-21T14:00:00Z",
        "5-hour limit reached ∙ resets 11am | 2026-11-22T11:00:00Z",
        "limit reached, resets 12am | 2026-11-22T00:00:00Z",
        "resets 3:30pm (Europe/Berlin) | 2026-11-21T14:30:00Z",
        "You've hit your usage limit. Try again in 3 hours 12 minutes. | 2026-11-21T15:12:00Z",
        "Rate limit reached. Please try again in 20s. | 2026-11-21T12:00:20Z",
        "Please try again in 1.5s | 2026-11-21T12:00:01.500Z",
        "Retry after 90 seconds | 2026-11-21T12:01:30Z",
        "try again in 2 days 1 hour | 2026-11-23T13:00:00Z",
        "quota resets 2026-11-21T18:30:00Z | 2026-11-21T18:30:00Z",
      })
  void theTimeIsFoundHoweverItIsSaid(String said, String expected) {
    assertThat(ResetTime.in(said, NOW, ZONE)).isEqualTo(Instant.parse(expected));
  }

  @Test
  void aNumberOfSecondsBehindABarIsATime() {
    assertThat(ResetTime.in("usage limit reached|" + (NOW.getEpochSecond() + 60), NOW, ZONE))
        .isEqualTo(NOW.plusSeconds(60));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "429 Too Many Requests",
        "the counter resets 3 times",
        "usage limit reached|1000000000",
        "resets at 27:00",
        "try again in 999999 hours",
        "quota resets 2026-99-99T10:00Z",
        "",
      })
  void wordsWithoutATimeThatHelpsTellNone(String said) {
    assertThat(ResetTime.in(said, NOW, ZONE)).isNull();
  }

  @Test
  void theTimeIsSaidWithItsDayOnlyWhenThatIsNotToday() {
    assertThat(ResetTime.words(Instant.parse("2026-11-21T14:00:00Z"), NOW, ZONE))
        .isEqualTo("14:00");
    assertThat(ResetTime.words(Instant.parse("2026-11-22T14:00:00Z"), NOW, ZONE))
        .isEqualTo("2026-11-22 14:00");
  }
}
