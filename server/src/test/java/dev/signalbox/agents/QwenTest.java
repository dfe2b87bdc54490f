package dev.signalbox.agents;

import org.junit.jupiter.api.Tag;

@Tag("agents")
class QwenTest extends RealAgentScenarios {

  QwenTest() {
    super(RealAgent.QWEN);
  }
}
