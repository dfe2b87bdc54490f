package dev.signalbox.agents;

import org.junit.jupiter.api.Tag;

@Tag("agents")
class ClaudeTest extends RealAgentScenarios {

  ClaudeTest() {
    super(RealAgent.CLAUDE);
  }
}
