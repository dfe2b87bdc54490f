package dev.signalbox.agents;

import org.junit.jupiter.api.Tag;

@Tag("agents")
class GooseTest extends RealAgentScenarios {

  GooseTest() {
    super(RealAgent.GOOSE);
  }
}
