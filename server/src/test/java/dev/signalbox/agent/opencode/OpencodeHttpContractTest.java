package dev.signalbox.agent.opencode;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.DriverContract;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.process.Children;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import dev.signalbox.testkit.agent.ScriptedOpencode;

/// The scripts are those of the scripted ACP agent: what differs is only the driver between.
class OpencodeHttpContractTest extends DriverContract {
  @Override
  protected AgentDriver driver(Children children) {
    return new OpencodeDriver(new AgentChildren(children, System.getenv()));
  }

  @Override
  protected Agent agent() {
    return ScriptedOpencode.agent(Habits.good());
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
