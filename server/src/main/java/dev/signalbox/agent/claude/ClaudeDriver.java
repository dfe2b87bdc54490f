package dev.signalbox.agent.claude;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Probe;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.agent.launch.Probing;
import java.time.InstantSource;

/// Speaks to Claude Code by its stream-json.
///
/// A process of it is one conversation (`Capabilities.threads` is false), and which one is said by
/// its arguments. So [#start] starts nothing yet: what it gives stands for the process that
/// [AgentProcess#open], [AgentProcess#resume] or [AgentProcess#fork] then starts, with the folder
/// of the conversation; whatever a start can fail by (not installed, not logged in, silent) is
/// thrown by these.
public final class ClaudeDriver implements AgentDriver {
  private final AgentChildren children;
  private final InstantSource clock;
  private final Limits limits;

  public ClaudeDriver(AgentChildren children, InstantSource clock) {
    this(children, clock, Limits.DEFAULT);
  }

  ClaudeDriver(AgentChildren children, InstantSource clock, Limits limits) {
    this.children = children;
    this.clock = clock;
    this.limits = limits;
  }

  @Override
  public boolean shares() {
    return false;
  }

  @Override
  public Probe probe(Agent agent) throws InterruptedException {
    return new Probing(this, children).probe(agent);
  }

  @Override
  public AgentProcess start(Agent agent, Launch launch) {
    return new ClaudeProcess(agent, launch, children, clock, limits);
  }
}
