package dev.signalbox.agent.acp;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.jsonrpc.Call;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An elicitation that waits for its one answer: a form, or where it has no fields a plain yes or
/// no. (https://agentclientprotocol.com/protocol/v1/elicitation)
final class AcpQuestion implements OpenAsk {
  private static final String ACCEPT = "accept";
  private static final String DECLINE = "decline";

  private final String key;
  private final String callId;
  private final Call call;
  private final JsonNode schema;
  private volatile boolean open = true;
  private volatile boolean rejected;

  AcpQuestion(String key, Call call) {
    this.key = key;
    this.call = call;
    this.callId = Json.text(call.params(), "toolCallId", "");
    this.schema = call.params().path("requestedSchema");
  }

  /// Whether it is a form; anything else is not offered and cannot be shown.
  static boolean isForm(JsonNode params) {
    return Json.text(params, "mode", "").equals("form")
        && params.path("requestedSchema").isObject();
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public String callId() {
    return callId;
  }

  @Override
  public boolean open() {
    return open;
  }

  @Override
  public boolean rejected() {
    return rejected;
  }

  /// A form tells the agent something; a yes to a question without fields lets it do something, so
  /// that this counts as a permission.
  ///
  /// @param card the tool call it is about, as known now, or null
  AgentEvent.AskOpened event(@Nullable ToolCard card) {
    boolean fields = !schema.path("properties").isEmpty();
    var decline = new AgentEvent.Option(DECLINE, false, false, "Decline");
    return new AgentEvent.AskOpened(
        key,
        AgentEvent.AskKind.QUESTION,
        Json.text(call.params(), "message", "A question"),
        callId.isEmpty() ? null : callId,
        card == null ? null : card.tool(),
        null,
        null,
        fields
            ? List.of(decline)
            : List.of(new AgentEvent.Option(ACCEPT, true, false, "Accept"), decline),
        fields ? schema : null,
        !fields,
        this);
  }

  @Override
  public void choose(String optionId, @Nullable String note) {
    switch (optionId) {
      case ACCEPT -> submit(Json.object());
      case DECLINE -> {
        if (open) {
          rejected = true;
        }
        answer(Requests.elicitation(DECLINE, null));
      }
      default -> throw new IllegalArgumentException("no such option: " + optionId);
    }
  }

  /// Sends the values of the form's own fields, and of those what the protocol can carry.
  @Override
  public void submit(JsonNode values) {
    var content = Json.object();
    for (var name : schema.path("properties").propertyNames()) {
      var value = values.path(name);
      if (value.isString() || value.isNumber() || value.isBoolean() || value.isArray()) {
        content.set(name, value);
      }
    }
    answer(Requests.elicitation(ACCEPT, content));
  }

  @Override
  public void cancel() {
    answer(Requests.elicitation("cancel", null));
  }

  private void answer(JsonNode answer) {
    open = false;
    call.answer(answer);
  }
}
