package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Item;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A request of Codex's in our words, and what each answer to it looks like in Codex's.
///
/// @param callId the item it is about, or null
/// @param schema of a form, or null
/// @param answers what goes out for each of ours
record Question(
    AgentEvent.AskKind kind,
    String title,
    @Nullable String callId,
    Item.@Nullable Tool tool,
    @Nullable JsonNode input,
    @Nullable String diff,
    @Nullable JsonNode schema,
    Answers answers) {

  static final String ACCEPT = "accept";
  static final String DECLINE = "decline";

  /// Lasting answers (`acceptForSession`, an amendment of the rules) are not among them: they are
  /// never sent.
  private static final List<AgentEvent.Option> YES_OR_NO =
      List.of(
          new AgentEvent.Option(ACCEPT, true, false, "Allow"),
          new AgentEvent.Option(DECLINE, false, false, "Deny"));

  private static final List<AgentEvent.Option> NO =
      List.of(new AgentEvent.Option(DECLINE, false, false, "Decline"));

  /// @param accept a yes
  /// @param decline a no, with which the turn goes on
  /// @param cancel there will be no answer
  /// @param submit makes the answer of the values of a form
  record Answers(
      JsonNode accept, JsonNode decline, JsonNode cancel, UnaryOperator<JsonNode> submit) {
    /// Of a request without a form.
    Answers(JsonNode accept, JsonNode decline, JsonNode cancel) {
      this(accept, decline, cancel, values -> cancel);
    }
  }

  List<AgentEvent.Option> options() {
    return schema == null ? YES_OR_NO : NO;
  }

  /// Filling in a form neither writes nor runs anything; of everything else nobody can be sure.
  boolean writes() {
    return schema == null;
  }
}
