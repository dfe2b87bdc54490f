package dev.signalbox.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionsTest {
  @ParameterizedTest
  @CsvSource({
    "0.149.9, true",
    "0.150.0, false",
    "0.150, false",
    "0.150.0-alpha.2, false",
    "0.9, true",
    "1.0, false",
    ", false",
    "nightly, true",
  })
  void anAgentBelowItsLeastVersionIsTooOld(@Nullable String version, boolean tooOld) {
    assertThat(Versions.tooOld(agent("0.150.0", null), version)).isEqualTo(tooOld);
  }

  @ParameterizedTest
  @CsvSource({
    "1.18.33, 1.18.33, false",
    "1.19.0, 1.18.33, false",
    "2.0.0, 1.18.33, true",
    "0.169.5, 0.169.0, false",
    "0.170.0, 0.169.0, true",
    "1.0.0, 0.169.0, true",
    "0.168.0, 0.169.0, false",
  })
  void aNewerUnknownVersionIsUsedWithANotice(String version, String tried, boolean told) {
    var notice = Versions.notice(agent(null, tried), version);
    if (told) {
      assertThat(notice).contains(version).contains(tried);
    } else {
      assertThat(notice).isNull();
    }
  }

  @Test
  void anAgentOfWhichNothingIsKnownIsNeverTooOldNorTooNew() {
    assertThat(Versions.tooOld(agent(null, null), "0.0.1")).isFalse();
    assertThat(Versions.notice(agent(null, null), "99.0")).isNull();
  }

  private static Agent agent(@Nullable String least, @Nullable String tried) {
    return new Agent(
        "a",
        "A",
        "acp",
        List.of("a"),
        Map.of(),
        List.of(),
        null,
        null,
        true,
        least,
        tried,
        null,
        List.of());
  }
}
