package dev.signalbox.agent.acp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// That the watch over our messages would bark.
class AcpSchemaTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/new\",\"params\":{\"cwd\":\"/x\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/new\",\"params\":{\"cwd\":5,\"mcpServers\":[]}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/made_up\",\"params\":{}}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"session/cancel\",\"params\":{}}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"session/cancel\",\"params\":{\"sessionId\":\"a\",\"turn\":1}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"outcome\":{\"outcome\":\"selected\"}}}",
        "{\"id\":1,\"result\":{\"outcome\":{\"outcome\":\"cancelled\"}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"action\":\"accept\",\"content\":{\"a\":{}}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/prompt\",\"params\":{\"sessionId\":\"a\",\"prompt\":[{\"type\":\"image\"}]}}",
      })
  void seesAWrongMessage(String message) {
    assertThat(AcpSchema.violations(List.of(JSON.readTree(message)))).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/new\",\"params\":{\"cwd\":\"/x\",\"mcpServers\":[]}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"outcome\":{\"outcome\":\"cancelled\"}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"no\"}}",
      })
  void letsARightMessagePass(String message) {
    assertThat(AcpSchema.violations(List.of(JSON.readTree(message)))).isEmpty();
  }
}
