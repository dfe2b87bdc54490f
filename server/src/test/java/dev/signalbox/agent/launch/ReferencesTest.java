package dev.signalbox.agent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("R-BOX-8")
class ReferencesTest {
  private final References references = new References(Map.of("HOME", "/home/me", "KEY", "secret"));

  @Test
  void aTildeIsTheHome() {
    assertThat(references.expand(List.of("~/bin/agent", "acp", "a~/b")))
        .containsExactly("/home/me/bin/agent", "acp", "a~/b");
  }

  @Test
  void aReferenceIsTheServersVariableAndNothingWhenThereIsNone() {
    assertThat(references.expand(Map.of("A", "${KEY}", "B", "${MISSING}", "C", "x${KEY}")))
        .isEqualTo(Map.of("A", "secret", "C", "x${KEY}"));
  }
}
