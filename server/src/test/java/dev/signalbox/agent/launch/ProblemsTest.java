package dev.signalbox.agent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.Agent;
import dev.signalbox.jsonrpc.Reply;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.ScriptedAgents;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

@Tag("R-TURN-8")
class ProblemsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private final Agent agent = ScriptedAgents.agent(Habits.good());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-32000|Authentication required|login|login",
        "-32000|Gemini API key is missing or not configured.|login|login",
        "-32603|Internal error: 401 Unauthorized|login|login",
        "-32603|Incorrect API key provided|login|login",
        "429|too many|rate-limit|retry",
        "-32603|Rate limit reached for requests|rate-limit|retry",
        "-32603|429 Too Many Requests: check your API key's quota|rate-limit|retry",
        "-32603|model is overloaded|rate-limit|retry",
        "-32603|This model's maximum context length is 8192 tokens|overflow|reset",
        "-32603|prompt is too long: 210000 tokens|overflow|reset",
        "-32603|blocked by content_filter|refused|",
        "400|{\"error\":{\"code\":400,\"message\":\"scripted error 400\"}}|agent-error|retry",
        "-32603|Internal error: scripted error 400|agent-error|retry",
        "0||agent-error|retry",
      })
  void errorsGetTheClassThatHelps(int code, String message, String expected, String action) {
    var problem =
        Problems.refused(
            agent, new Reply.Refused(code, message == null ? "" : message, null), null);
    assertThat(problem.code()).isEqualTo(expected);
    assertThat(problem.action()).isEqualTo(action);
    assertThat(problem.detail()).startsWith("Scripted agent answered with an error: ");
    assertThat(problem.hint()).isNotBlank();
  }

  @Test
  void theDataOfAnErrorIsLookedAtToo() {
    var refused =
        new Reply.Refused(-32603, "Internal error", JSON.readTree("{\"details\":\"rate limit\"}"));
    assertThat(Problems.refused(agent, refused, null).code()).isEqualTo("rate-limit");
    assertThat(Problems.refused(agent, refused, null).detail()).contains("rate limit");
  }

  @Test
  void aLoginProblemNamesTheCommand() {
    var refused = new Reply.Refused(-32000, "no", null);
    assertThat(Problems.refused(agent, refused, "ignored").hint()).contains("scripted login");
    var without = new Agent("x", "X", "acp", List.of("x"), Map.of(), List.of(), null, null, true);
    assertThat(Problems.refused(without, refused, "Run `x login`").hint())
        .isEqualTo("Run `x login`");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-32002|Resource not found|true",
        "-32602|Invalid params: session not found: nope|true",
        "-32603|Internal error: Session not found|true",
        "-32603|Internal error|false",
        "-32602|Invalid params: model|false",
      })
  void knowsWhenAnAgentDoesNotKnowAConversation(int code, String message, boolean unknown) {
    assertThat(Problems.unknownSession(new Reply.Refused(code, message, null))).isEqualTo(unknown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Scripted agent: not found on the PATH|Scripted agent could not be started: not found on the PATH.",
        "scripted-cli: not found on the PATH|Scripted agent could not be started: scripted-cli: not found on the PATH.",
      })
  void aProgramThatIsNamedLikeItsAgentIsNamedOnce(String reason, String detail) {
    assertThat(Problems.notStarted(agent, reason).problem().detail()).isEqualTo(detail);
  }

  @Test
  void aMissingProgramNamesTheInstallCommand() {
    var problem = Problems.notStarted(agent, "scripted: not found on the PATH").problem();
    assertThat(problem.hint()).isEqualTo("Install it: install-scripted");
    assertThat(problem.action()).isEqualTo("install");
  }
}
