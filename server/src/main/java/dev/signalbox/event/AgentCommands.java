package dev.signalbox.event;

import java.util.List;

/// The slash commands an agent announced last in a lane, as [Fact.CommandsChanged] did.
public record AgentCommands(String agent, List<Fact.CommandsChanged.Command> commands) {
  public AgentCommands {
    commands = List.copyOf(commands);
  }
}
