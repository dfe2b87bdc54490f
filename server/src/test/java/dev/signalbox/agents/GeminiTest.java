package dev.signalbox.agents;

import org.junit.jupiter.api.Tag;

@Tag("agents")
class GeminiTest extends RealAgentScenarios {

  GeminiTest() {
    super(RealAgent.GEMINI);
  }
}
