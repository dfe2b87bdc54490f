package dev.signalbox.agent.acp;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Probe;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.agent.launch.Probing;

/// Speaks to every agent that speaks ACP over its standard streams.
public final class AcpDriver implements AgentDriver {
  private final AgentChildren children;
  private final Limits limits;

  public AcpDriver(AgentChildren children) {
    this(children, Limits.DEFAULT);
  }

  AcpDriver(AgentChildren children, Limits limits) {
    this.children = children;
    this.limits = limits;
  }

  @Override
  public Probe probe(Agent agent) throws InterruptedException {
    return new Probing(this, children).probe(agent);
  }

  @Override
  public AgentProcess start(Agent agent, Launch launch) throws InterruptedException {
    return AcpProcess.introduce(agent, children.start(agent, launch), limits, children);
  }
}
