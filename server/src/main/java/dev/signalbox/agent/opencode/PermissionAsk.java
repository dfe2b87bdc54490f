package dev.signalbox.agent.opencode;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.agent.wire.ToolKinds;
import dev.signalbox.event.Item;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A permission. It can be given once or refused; `always` is never said, because the server would
/// keep it for every conversation.
final class PermissionAsk extends Ask {
  private static final String ONCE = "once";
  private static final String REJECT = "reject";

  /// Permissions that neither write nor run.
  private static final Set<String> LOOKING = Set.of("read", "grep", "glob", "list");

  private static final List<AgentEvent.Option> OPTIONS =
      List.of(
          new AgentEvent.Option(ONCE, true, false, "Allow once"),
          new AgentEvent.Option(REJECT, false, false, "Reject"));

  PermissionAsk(JsonNode request, Replies replies) {
    super(request, replies);
  }

  /// The differences an edit would make, or null.
  @Nullable String diff() {
    var diff = Json.text(request().path("metadata"), "diff");
    return diff == null || diff.isEmpty() ? null : diff;
  }

  @Override
  AgentEvent.AskOpened event(AgentEvent.@Nullable ToolCall call) {
    var permission = permission();
    return new AgentEvent.AskOpened(
        id(),
        AgentEvent.AskKind.PERMISSION,
        title(call),
        callKey(),
        call == null ? tool() : call.tool(),
        Json.bounded(request().path("metadata")),
        diff(),
        OPTIONS,
        null,
        !LOOKING.contains(permission),
        this);
  }

  /// The tool as far as the request itself tells, when no part of it was seen yet.
  Item.Tool tool() {
    var permission = permission();
    return new Item.Tool(
        permission,
        ToolKinds.kind(null, permission, null),
        title(null),
        Json.bounded(request().path("metadata")),
        List.of(),
        null);
  }

  @Override
  public void choose(String optionId, @Nullable String note) {
    switch (optionId) {
      case ONCE -> send(ONCE, null);
      case REJECT -> send(REJECT, note);
      default ->
          throw new IllegalArgumentException(
              "no such option: " + optionId + "; there are: once, reject");
    }
  }

  /// Permissions have options and no form, so there is nothing this could mean but "no answer".
  @Override
  public void submit(JsonNode values) {
    cancel();
  }

  @Override
  public void cancel() {
    send(REJECT, null);
  }

  /// A refusal ends the turn, unless it says why: then the agent goes on with that.
  private void send(String reply, @Nullable String note) {
    var body = Json.object().put("reply", reply);
    if (note != null && !note.isBlank()) {
      body.put("message", note);
    }
    reply("/permission/" + OpencodeServer.segment(id()) + "/reply", body);
  }

  private String permission() {
    return Json.text(request(), "permission", "permission");
  }

  private String title(AgentEvent.@Nullable ToolCall call) {
    var metadata = request().path("metadata");
    var command = Json.text(metadata, "command", Json.text(metadata, "filepath", ""));
    if (!command.isBlank()) {
      return command;
    }
    if (call != null) {
      return permission() + ": " + call.tool().title();
    }
    var patterns =
        String.join(
            ", ",
            Json.list(request().path("patterns")).stream()
                .map(pattern -> pattern.stringValue(""))
                .toList());
    return patterns.isBlank() ? permission() : permission() + ": " + patterns;
  }
}
