package dev.signalbox.agents;

import org.junit.jupiter.api.Tag;

@Tag("agents")
class OpencodeTest extends RealAgentScenarios {

  OpencodeTest() {
    super(RealAgent.OPENCODE);
  }
}
