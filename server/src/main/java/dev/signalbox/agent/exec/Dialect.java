package dev.signalbox.agent.exec;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// How one kind of command takes a turn: its arguments, and what the lines it prints mean. The
/// prompt goes to its standard input, because arguments are bounded and everybody can read them.
interface Dialect {
  /// @param nativeId of the conversation to go on with, or null for a new one
  List<String> command(
      Agent agent, ThreadSettings thread, TurnSettings turn, @Nullable String nativeId);

  Reading reading(Agent agent, ThreadSettings thread);

  /// Whether what a command said at its end means that it does not know the conversation.
  boolean forgot(String said);

  /// What the lines of one turn mean. What a line tells depends on the lines before it and on
  /// nothing else. Not safe for several threads.
  interface Reading {
    /// @param line whatever it is
    List<AgentEvent> map(JsonNode line);

    /// The conversation's id, once a line told it.
    @Nullable String nativeId();

    /// How the turn ended, once a line told it.
    @Nullable TurnResult end();
  }
}
