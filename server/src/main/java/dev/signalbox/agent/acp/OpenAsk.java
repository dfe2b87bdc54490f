package dev.signalbox.agent.acp;

import dev.signalbox.agent.PendingAsk;

/// Something the agent waits for in a turn.
sealed interface OpenAsk extends PendingAsk permits AcpAsk, AcpQuestion {
  /// Ours, unique in its conversation.
  String key();

  /// The tool call it is about, or empty.
  String callId();

  /// Whether the agent still waits.
  boolean open();

  /// Whether it was answered with a no.
  boolean rejected();
}
