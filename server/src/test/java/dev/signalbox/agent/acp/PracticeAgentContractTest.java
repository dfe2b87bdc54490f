package dev.signalbox.agent.acp;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.DriverContract;
import dev.signalbox.agent.KnownAgents;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.process.Children;
import java.util.Map;

class PracticeAgentContractTest extends DriverContract {
  @Override
  protected AgentDriver driver(Children children) {
    return new AcpDriver(new AgentChildren(children, System.getenv()));
  }

  @Override
  protected Agent agent() {
    return KnownAgents.with(Map.of()).stream()
        .filter(agent -> agent.name().equals("practice"))
        .findFirst()
        .orElseThrow();
  }

  @Override
  protected String answering() {
    return "help";
  }

  @Override
  protected String answer() {
    return "What I understand:";
  }

  @Override
  protected String streaming() {
    return "count 1000";
  }

  @Override
  protected String busyWithATool() {
    return "run sleep 60";
  }

  @Override
  protected String asking() {
    return "write made.txt hello";
  }
}
