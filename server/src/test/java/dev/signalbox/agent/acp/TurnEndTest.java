package dev.signalbox.agent.acp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.TurnResult;
import dev.signalbox.event.Usage;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.ScriptedAgents;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class TurnEndTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @ParameterizedTest
  @CsvSource({
    "{\"stopReason\":\"end_turn\"}, end_turn",
    "{\"stopReason\":\"max_tokens\"}, max_tokens",
    "{\"stopReason\":\"max_turn_requests\"}, max_turn_requests",
    "{}, end_turn",
    "null, end_turn",
    "{\"stopReason\":\"from_the_future\"}, from_the_future"
  })
  @Tag("R-TURN-3")
  void completes(String result, String reason) {
    assertThat(end(result, false)).isEqualTo(new TurnResult.Completed(reason, null));
  }

  @Test
  void R_TURN_3_aRefusalFails() {
    assertThat(end("{\"stopReason\":\"refusal\"}", false))
        .isInstanceOfSatisfying(
            TurnResult.Failed.class, f -> assertThat(f.problem().code()).isEqualTo("refused"));
  }

  @Test
  void R_TURN_3_cancelledIsCancelled() {
    assertThat(end("{\"stopReason\":\"cancelled\"}", false))
        .isEqualTo(new TurnResult.Cancelled(null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"end_turn", "cancelled", "refusal", "max_tokens"})
  @Tag("R-INT-6")
  void afterOurCancelItIsCancelledWhateverTheAgentSays(String reason) {
    assertThat(end("{\"stopReason\":\"" + reason + "\"}", true))
        .isEqualTo(new TurnResult.Cancelled(null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'usage':{'inputTokens':902,'outputTokens':42,'totalTokens':1044,'cachedReadTokens':100}}",
        "{'usage':{'totalTokens':1044,'inputTokens':902,'outputTokens':42,'cachedReadTokens':100}}"
      })
  @Tag("R-TURN-6")
  void usageOfTheAnswerIsTaken(String result) {
    assertThat(end(result.replace('\'', '"'), false))
        .isEqualTo(
            new TurnResult.Completed(
                "end_turn", new Usage(902L, 42L, 100L, null, 1044L, null, null, null, null)));
  }

  @Test
  void R_TURN_6_geminisUsageIsFound() {
    var result =
        "{\"stopReason\":\"end_turn\",\"_meta\":{\"quota\":{\"token_count\":{\"input_tokens\":2008,\"output_tokens\":84}}}}";
    assertThat(end(result, false))
        .isEqualTo(
            new TurnResult.Completed(
                "end_turn", new Usage(2008L, 84L, null, null, null, null, null, null, null)));
  }

  private static TurnResult end(String result, boolean cancelled) {
    return TurnEnd.of(ScriptedAgents.agent(Habits.good()), JSON.readTree(result), cancelled);
  }
}
