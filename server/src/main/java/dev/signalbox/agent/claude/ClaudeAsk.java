package dev.signalbox.agent.claude;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvent.AskKind;
import dev.signalbox.agent.PendingAsk;
import dev.signalbox.agent.wire.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A `can_use_tool` that waits for its one answer: a permission, a plan to be approved, or
/// questions, which the agent asks by tools of their own. What is allowed is allowed once: the
/// rules the agent suggests are not given back to it.
final class ClaudeAsk implements PendingAsk {
  private static final String ALLOW = "allow";
  private static final String REJECT = "reject";
  private static final String PLAN_ONLY =
      "The user approves of this plan. This conversation is read-only: do not carry it out here."
          + " End your turn now.";

  private final String key;
  private final ControlCall call;
  private final ToolCard card;
  private final boolean readOnly;
  private final Runnable granted;
  private volatile boolean open = true;

  /// @param key ours, unique in its conversation
  /// @param card the tool call it is about, as known now
  /// @param readOnly whether the conversation must stay in the mode that plans only
  /// @param granted called when the user said yes where the agent is told no
  ClaudeAsk(String key, ControlCall call, ToolCard card, boolean readOnly, Runnable granted) {
    this.key = key;
    this.call = call;
    this.card = card;
    this.readOnly = readOnly;
    this.granted = granted;
  }

  String key() {
    return key;
  }

  String requestId() {
    return call.id();
  }

  /// Whether the agent still waits.
  boolean open() {
    return open;
  }

  void withdrawn() {
    open = false;
  }

  AgentEvent.AskOpened event(Path directory) {
    var tool = card.tool(directory);
    return new AgentEvent.AskOpened(
        key,
        kind(),
        tool.title(),
        card.id().isEmpty() ? null : card.id(),
        tool,
        tool.input(),
        ToolDiff.of(card.name(), card.input(), Json.object()),
        options(),
        kind() == AskKind.QUESTION ? new QuestionForm(card.input()).schema() : null,
        writes(),
        this);
  }

  @Override
  public void choose(String optionId, @Nullable String note) {
    if (options().stream().noneMatch(option -> option.id().equals(optionId))) {
      throw new IllegalArgumentException(
          "no such option: " + optionId + "; there are: " + options());
    }
    if (optionId.equals(REJECT)) {
      deny(Objects.requireNonNullElse(note, "The user said no."));
    } else if (kind() == AskKind.PLAN && readOnly) {
      granted.run();
      deny(PLAN_ONLY);
    } else {
      allow(input());
    }
  }

  /// Of questions: their answers. Anything else has options and no form.
  @Override
  public void submit(JsonNode values) {
    var answers = new QuestionForm(card.input()).answers(values);
    if (kind() != AskKind.QUESTION || answers.isEmpty()) {
      cancel();
    } else {
      allow(input().set("answers", answers));
    }
  }

  @Override
  public void cancel() {
    deny(kind() == AskKind.QUESTION ? "The user gave no answer." : "Cancelled.");
  }

  private void allow(ObjectNode input) {
    answer(Json.object().put("behavior", "allow").set("updatedInput", input));
  }

  private void deny(String message) {
    answer(Json.object().put("behavior", "deny").put("message", message));
  }

  private void answer(ObjectNode response) {
    open = false;
    call.answer(response);
  }

  /// As the agent asked with it, which is what is allowed.
  private ObjectNode input() {
    return call.request().path("input") instanceof ObjectNode input
        ? input.deepCopy()
        : Json.object();
  }

  private AskKind kind() {
    return switch (card.name()) {
      case ClaudeTools.QUESTION -> AskKind.QUESTION;
      case ClaudeTools.PLAN -> AskKind.PLAN;
      default -> AskKind.PERMISSION;
    };
  }

  private List<AgentEvent.Option> options() {
    return switch (kind()) {
      case PERMISSION ->
          List.of(
              new AgentEvent.Option(ALLOW, true, false, "Allow"),
              new AgentEvent.Option(REJECT, false, false, "Deny"));
      case PLAN ->
          List.of(
              new AgentEvent.Option(
                  ALLOW, true, false, readOnly ? "Approve the plan" : "Carry it out"),
              new AgentEvent.Option(REJECT, false, false, "Go on planning"));
      case QUESTION -> List.of();
    };
  }

  /// An approved plan is carried out, but for one of a read-only conversation.
  private boolean writes() {
    return switch (kind()) {
      case PERMISSION -> !ClaudeTools.onlyLooks(card.name());
      case PLAN -> !readOnly;
      case QUESTION -> false;
    };
  }
}
