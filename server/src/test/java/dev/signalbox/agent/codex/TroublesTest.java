package dev.signalbox.agent.codex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.ScriptedAgents;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

@Tag("R-TURN-8")
class TroublesTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Instant FIVE = Instant.parse("2026-11-21T17:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"usageLimitExceeded\"|rate-limit|retry",
        "\"rateLimitExceeded\"|rate-limit|retry",
        "\"serverOverloaded\"|rate-limit|retry",
        "\"contextWindowExceeded\"|overflow|reset",
        "\"unauthorized\"|login|login",
        "\"cyberPolicy\"|refused|",
        "\"modelNotFound\"|agent-error|",
        "\"internalServerError\"|agent-error|retry",
        "\"other\"|agent-error|retry",
        "\"notYetInvented\"|agent-error|retry",
        "{\"notYetInvented\":{}}|agent-error|retry",
        "null|agent-error|retry",
        "{\"httpConnectionFailed\":{\"httpStatusCode\":401}}|login|login",
        "{\"responseTooManyFailedAttempts\":{\"httpStatusCode\":429}}|rate-limit|retry",
        "{\"responseStreamDisconnected\":{\"httpStatusCode\":null}}|agent-error|retry"
      })
  void everyKindHasItsClassAndItsWayOut(String info, String code, String action) {
    var error = JSON.createObjectNode().put("message", "It went wrong.");
    error.set("codexErrorInfo", JSON.readTree(info));
    var problem = Troubles.of(ScriptedAgents.codex(Habits.good()), error, null);
    assertThat(problem.code()).isEqualTo(code);
    assertThat(problem.action()).isEqualTo(action);
    assertThat(problem.detail()).contains("It went wrong.");
    assertThat(problem.hint()).isNotBlank();
  }

  @Test
  void onlyALimitOfUseSaysWhenItEnds() {
    var agent = ScriptedAgents.codex(Habits.good());
    var limit = JSON.readTree("{\"message\":\"m\",\"codexErrorInfo\":\"usageLimitExceeded\"}");
    var other = JSON.readTree("{\"message\":\"m\",\"codexErrorInfo\":\"rateLimitExceeded\"}");
    assertThat(Troubles.of(agent, limit, FIVE).resetsAt()).isEqualTo(FIVE);
    assertThat(Troubles.of(agent, other, FIVE).resetsAt()).isNull();
  }

  @Test
  void aMessageThatIsTheBodyOfAnAnswerIsSaidInItsWords() {
    var error = JSON.createObjectNode().put("codexErrorInfo", "other");
    error.put("message", "{\"error\":{\"message\":\"bad model\",\"code\":\"x\"}}");
    error.put("additionalDetails", "Try another.");
    var problem = Troubles.of(ScriptedAgents.codex(Habits.good()), error, null);
    assertThat(problem.detail()).endsWith("answered with an error: bad model Try another.");
    error.put("message", "{not JSON");
    assertThat(Troubles.of(ScriptedAgents.codex(Habits.good()), error, null).detail())
        .contains("{not JSON");
  }

  @Test
  void workGoesOnWhenTheLastWindowThatIsUsedUpEnds() {
    var limits = new UseLimits();
    assertThat(limits.resetsAt()).isEmpty();
    limits.learn(
        JSON.readTree(
            """
            {"rateLimits":{"primary":{"usedPercent":100,"resetsAt":1000},
              "secondary":{"usedPercent":100,"resetsAt":3000}}}
            """));
    assertThat(limits.resetsAt()).contains(Instant.ofEpochSecond(3000));
    limits.learn(JSON.readTree("{\"rateLimits\":{\"primary\":null,\"secondary\":null}}"));
    assertThat(limits.resetsAt()).contains(Instant.ofEpochSecond(3000));
    limits.learn(
        JSON.readTree(
            """
            {"rateLimits":{"primary":{"usedPercent":97,"resetsAt":1000},
              "secondary":{"usedPercent":20,"resetsAt":3000}}}
            """));
    assertThat(limits.resetsAt()).contains(Instant.ofEpochSecond(1000));
  }
}
