package dev.signalbox.agent.exec;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.Keeping;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Probe;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.agent.launch.Probing;
import java.util.List;

/// Speaks to agents that are a command per turn: it starts with the prompt and ends with the
/// answer, and the agent's own files keep the conversation in between.
public final class ExecDriver implements AgentDriver {
  private final AgentChildren children;
  private final Dialect dialect;

  private ExecDriver(AgentChildren children, Dialect dialect) {
    this.children = children;
    this.dialect = dialect;
  }

  /// `codex exec --json`; the registry entry has the command before `exec`.
  public static ExecDriver codex(AgentChildren children) {
    return new ExecDriver(children, new CodexExec());
  }

  /// `claude -p --output-format stream-json`; the registry entry has the command before `-p`.
  public static ExecDriver claude(AgentChildren children) {
    return new ExecDriver(children, new ClaudePrint());
  }

  /// Only looks for the command and its version: a conversation would be a turn, and cost money.
  @Override
  public Probe probe(Agent agent) throws InterruptedException {
    return new Probing(this, children).probe(versioned(agent));
  }

  private static Agent versioned(Agent agent) {
    return agent.versionArgv().isEmpty()
        ? new Agent(
            agent.name(),
            agent.title(),
            agent.driver(),
            agent.argv(),
            agent.environment(),
            List.of(agent.argv().getFirst(), "--version"),
            agent.install(),
            agent.login(),
            agent.enabled())
        : agent;
  }

  @Override
  public AgentProcess start(Agent agent, Launch launch) {
    return new ExecProcess(agent, launch, children, dialect);
  }

  @Override
  public Keeping keeping() {
    return Keeping.NOTHING;
  }
}
