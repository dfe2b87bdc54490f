package dev.signalbox.agent.acp;

import dev.signalbox.agent.Agent;
import dev.signalbox.testkit.agent.Habits;
import java.util.List;

/// Registry entries of scripted agents.
final class ScriptedAgents {
  private ScriptedAgents() {}

  static Agent agent(Habits habits) {
    return new Agent(
        "scripted",
        "Scripted agent",
        "acp",
        Habits.command(),
        habits.environment(),
        List.of(),
        "install-scripted",
        "scripted login",
        true);
  }
}
