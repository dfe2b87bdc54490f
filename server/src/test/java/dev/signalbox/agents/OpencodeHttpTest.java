package dev.signalbox.agents;

import org.junit.jupiter.api.Tag;

@Tag("agents")
class OpencodeHttpTest extends RealAgentScenarios {

  OpencodeHttpTest() {
    super(RealAgent.OPENCODE);
  }
}
