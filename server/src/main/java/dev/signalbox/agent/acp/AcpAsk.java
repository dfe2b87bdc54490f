package dev.signalbox.agent.acp;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.jsonrpc.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A permission request that waits for its one answer.
final class AcpAsk implements OpenAsk {
  private final String key;
  private final String callId;
  private final Call call;
  private final List<AgentEvent.Option> options;
  private volatile boolean open = true;
  private volatile boolean rejected;

  AcpAsk(String key, Call call) {
    this.key = key;
    this.call = call;
    this.callId = Json.text(call.params().path("toolCall"), "toolCallId", "");
    this.options = options(call.params().path("options"));
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

  /// @param card the tool call it is about, as known now
  AgentEvent.AskOpened event(ToolCard card) {
    var tool = card.tool();
    return new AgentEvent.AskOpened(
        key,
        AgentEvent.AskKind.PERMISSION,
        tool.title(),
        callId.isEmpty() ? null : callId,
        tool,
        tool.input(),
        ToolOutput.diff(card),
        options,
        null,
        !card.onlyLooks(),
        this);
  }

  @Override
  public void choose(String optionId, @Nullable String note) {
    var chosen =
        options.stream()
            .filter(option -> option.id().equals(optionId))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "no such option: " + optionId + "; there are: " + ids()));
    if (open) {
      rejected = !chosen.allows();
    }
    answer(optionId);
  }

  /// Permissions have options and no form, so there is nothing this could mean but "no answer".
  @Override
  public void submit(JsonNode values) {
    cancel();
  }

  @Override
  public void cancel() {
    answer(null);
  }

  private void answer(@Nullable String option) {
    open = false;
    call.answer(Requests.permission(option));
  }

  private String ids() {
    return options.stream().map(AgentEvent.Option::id).collect(Collectors.joining(", "));
  }

  /// In the agent's order; what each one means is told by its kind alone. A kind nobody knows
  /// counts as a lasting yes, so that it is never offered and never chosen.
  private static List<AgentEvent.Option> options(JsonNode told) {
    var options = new ArrayList<AgentEvent.Option>();
    for (var option : Json.list(told)) {
      var id = Json.text(option, "optionId");
      var kind = Json.text(option, "kind", "");
      if (id != null) {
        boolean allows = !kind.startsWith("reject_");
        boolean lasting = Stream.of("allow_once", "reject_once").noneMatch(kind::equals);
        options.add(new AgentEvent.Option(id, allows, lasting, Json.text(option, "name", id)));
      }
    }
    return List.copyOf(options);
  }
}
