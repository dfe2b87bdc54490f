package dev.signalbox.agents;

import org.junit.jupiter.api.Tag;

@Tag("agents")
class OpencodeAcpTest extends RealAgentScenarios {

  OpencodeAcpTest() {
    super(RealAgent.OPENCODE_ACP);
  }
}
