package dev.signalbox.agent.acp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.DriverContract;
import dev.signalbox.agent.conformance.Wording;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.process.Children;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Received;
import dev.signalbox.testkit.agent.Script;
import dev.signalbox.testkit.agent.ScriptedAgents;
import org.junit.jupiter.api.AfterEach;

class ScriptedAgentContractTest extends DriverContract {
  @AfterEach
  void everyMessageOfOursIsValid() {
    var received = new Received(folder.resolve("received"));
    assertThat(AcpSchema.violations(received.messages())).isEmpty();
  }

  @Override
  protected AgentDriver driver(Children children) {
    return new AcpDriver(new AgentChildren(children, System.getenv()));
  }

  @Override
  protected Agent agent() {
    return ScriptedAgents.agent(Habits.good().log(folder.resolve("received")).state(folder));
  }

  @Override
  protected Wording wording() {
    return new Wording(
        answering(),
        answer(),
        answering(),
        streaming(),
        asking(),
        Script.script().remember("osprey").say("OK").prompt(),
        Script.script().recall().prompt(),
        "osprey");
  }

  @Override
  protected String answering() {
    return Script.script().say("Hello ").say("from ").say("the script.").prompt();
  }

  @Override
  protected String answer() {
    return "Hello from the script.";
  }

  @Override
  protected String streaming() {
    return Script.script().count(1_000, 50).prompt();
  }

  @Override
  protected String busyWithATool() {
    return Script.script().openTool("c1", "execute", "sleep 60").hang().prompt();
  }

  @Override
  protected String asking() {
    return Script.script()
        .ask("c1", "edit", "Write made.txt", "no:reject_once", "yes:allow_once")
        .writeFileIf("yes", "made.txt", "hello")
        .prompt();
  }
}
