package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.PendingAsk;
import dev.signalbox.jsonrpc.Call;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A request of Codex's that waits for its one answer.
final class CodexAsk implements PendingAsk {
  private final String key;
  private final Question question;
  private final Call call;
  private volatile boolean open = true;

  /// @param key ours, unique in its conversation
  CodexAsk(String key, Question question, Call call) {
    this.key = key;
    this.question = question;
    this.call = call;
  }

  String key() {
    return key;
  }

  /// Whether Codex still waits.
  boolean open() {
    return open;
  }

  /// Whether it is the request that Codex gave this id.
  boolean is(JsonNode requestId) {
    return call.id().equals(requestId);
  }

  /// Codex does not wait any more; an answer would be to nobody.
  void over() {
    open = false;
  }

  AgentEvent.AskOpened event() {
    return new AgentEvent.AskOpened(
        key,
        question.kind(),
        question.title(),
        question.callId(),
        question.tool(),
        question.input(),
        question.diff(),
        question.options(),
        question.schema(),
        question.writes(),
        this);
  }

  @Override
  public void choose(String optionId, @Nullable String note) {
    answer(
        switch (optionId) {
          case Question.ACCEPT -> question.answers().accept();
          case Question.DECLINE -> question.answers().decline();
          default ->
              throw new IllegalArgumentException(
                  "no such option: " + optionId + "; there are: accept, decline");
        });
  }

  @Override
  public void submit(JsonNode values) {
    answer(question.answers().submit().apply(values));
  }

  @Override
  public void cancel() {
    answer(question.answers().cancel());
  }

  private void answer(JsonNode answer) {
    if (open) {
      open = false;
      call.answer(answer);
    }
  }
}
