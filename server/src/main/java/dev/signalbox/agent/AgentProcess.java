package dev.signalbox.agent;

import java.util.function.Consumer;

/// One process of an agent (or one shared server), which may hold many threads. Any thread may
/// call.
public interface AgentProcess extends AutoCloseable {
  long pid();

  Capabilities capabilities();

  boolean alive();

  /// Memory of the process and its children in bytes, 0 when unknown.
  long residentBytes();

  /// Called exactly once when the process is gone, on a thread of its own; at once when it is gone
  /// already.
  void onEnd(Consumer<ProcessEnd> listener);

  /// Begins a new conversation. Blocks.
  ///
  /// @throws AgentUnavailable when the agent refuses or does not answer in 30 s
  AgentThread open(ThreadSettings settings) throws InterruptedException;

  /// Takes up an earlier conversation, verified and limited to 90 s; what the agent replays is
  /// dropped, because the journal has it.
  ///
  /// @throws AgentUnavailable when it cannot
  AgentThread resume(String nativeId, ThreadSettings settings) throws InterruptedException;

  /// Ends the process at once, with all its conversations; idempotent, blocks for a moment.
  void kill();

  /// Ends the process by the stop ladder; idempotent, blocks, a few seconds at most.
  @Override
  void close();

  /// @param intended true when we ended it
  /// @param reason "exit code 3", "signal KILL", …, with the tail of its standard error
  record ProcessEnd(boolean intended, int exitCode, String reason, String stderrTail) {}
}
