package dev.signalbox.agents;

import org.junit.jupiter.api.Tag;

@Tag("agents")
class CodexTest extends RealAgentScenarios {

  CodexTest() {
    super(RealAgent.CODEX);
  }
}
