package dev.signalbox.agent;

import dev.signalbox.event.Problem;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One process of an agent (or one shared server), which may hold many threads. Any thread may
/// call.
public interface AgentProcess extends AutoCloseable {
  long pid();

  Capabilities capabilities();

  /// The version it tells of itself, or null.
  default @Nullable String version() {
    return null;
  }

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

  /// Begins a conversation that remembers an earlier one and leaves that one as it is. Blocks, as
  /// [#resume].
  ///
  /// @throws AgentUnavailable when it cannot
  default AgentThread fork(String nativeId, ThreadSettings settings) throws InterruptedException {
    throw new AgentUnavailable(
        new Problem(
            "agent-unavailable", "This agent cannot copy a conversation.", null, null, null));
  }

  /// The earlier conversations the agent knows of this folder, newest first, at most 100. Blocks,
  /// at most 30 s; empty when it cannot tell.
  default List<NativeThread> list(Path directory) throws InterruptedException {
    return List.of();
  }

  /// Whether it answers; cheap, blocks at most 5 s. Asked only of processes that hold the threads
  /// of many lanes behind a server of their own.
  default boolean healthy() throws InterruptedException {
    return alive();
  }

  /// A conversation the agent keeps.
  ///
  /// @param title as the agent has it, or null
  record NativeThread(String nativeId, @Nullable String title, @Nullable Instant updatedAt) {}

  /// Ends the process at once, with all its conversations; idempotent, blocks for a moment.
  void kill();

  /// Ends the process by the stop ladder; idempotent, blocks, a few seconds at most.
  @Override
  void close();

  /// @param intended true when we ended it
  /// @param reason "exit code 3", "signal KILL", …, with the tail of its standard error
  record ProcessEnd(boolean intended, int exitCode, String reason, String stderrTail) {}
}
