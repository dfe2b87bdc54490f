package dev.signalbox.testkit.agent;

import dev.signalbox.agent.Agent;
import java.util.List;

/// Registry entries of scripted agents.
public final class ScriptedAgents {
  private ScriptedAgents() {}

  public static Agent agent(Habits habits) {
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

  /// One that speaks as `codex app-server` does.
  public static Agent codex(Habits habits) {
    return new Agent(
        "scripted",
        "Scripted agent",
        "codex",
        Habits.command(ScriptedCodex.class),
        habits.environment(),
        List.of(),
        "install-scripted",
        "scripted login",
        true);
  }
}
