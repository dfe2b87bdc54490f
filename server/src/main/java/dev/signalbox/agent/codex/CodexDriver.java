package dev.signalbox.agent.codex;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Probe;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.agent.launch.Probing;
import java.util.LinkedHashMap;

/// Speaks to Codex by `codex app-server`: threads, turns and approvals instead of a terminal.
public final class CodexDriver implements AgentDriver {
  /// Where Codex keeps its login, configuration and conversations.
  private static final String HOME = "CODEX_HOME";

  private final AgentChildren children;
  private final Limits limits;

  public CodexDriver(AgentChildren children) {
    this(children, Limits.DEFAULT);
  }

  CodexDriver(AgentChildren children, Limits limits) {
    this.children = children;
    this.limits = limits;
  }

  @Override
  public Probe probe(Agent agent) throws InterruptedException {
    return new Probing(this, children).probe(agent);
  }

  @Override
  public AgentProcess start(Agent agent, Launch launch) throws InterruptedException {
    return CodexProcess.introduce(
        agent, children.start(agent, inItsHome(launch)), limits, children);
  }

  private static Launch inItsHome(Launch launch) {
    var home = launch.home();
    if (home == null) {
      return launch;
    }
    var environment = new LinkedHashMap<>(launch.environment());
    environment.put(HOME, home.toString());
    return new Launch(
        launch.writeRoot(),
        launch.directory(),
        environment,
        home,
        launch.network(),
        launch.sandbox());
  }
}
