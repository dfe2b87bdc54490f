package dev.signalbox.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnPathTest {
  @ParameterizedTest
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          SESSION, LANE,  KEEPING,    PATH
          true,    true,  WARM,       WARM
          true,    true,  OWN_SERVER, OWN_SERVER
          true,    true,  NOTHING,    ONE_SHOT
          false,   false, WARM,       ONE_SHOT
          false,   false, OWN_SERVER, ONE_SHOT
          false,   false, NOTHING,    ONE_SHOT
          true,    false, WARM,       ONE_SHOT
          true,    false, OWN_SERVER, ONE_SHOT
          true,    false, NOTHING,    ONE_SHOT
          false,   true,  WARM,       ONE_SHOT
          false,   true,  OWN_SERVER, ONE_SHOT
          false,   true,  NOTHING,    ONE_SHOT
          """)
  void R_WARM_5_theTableOfPaths(boolean session, boolean lane, Keeping keeping, TurnPath path) {
    assertThat(TurnPath.of(session, lane, keeping)).isEqualTo(path);
  }
}
