package dev.signalbox.agent.acp;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// An agent that cancels its turn and forgets the command it runs, as goose does.
@Tag("R-INT-4")
@Timeout(180)
@EnabledOnOs(OS.LINUX)
class AcpLeftoversTest {
  private final String command =
      "sleep " + (500_000 + ThreadLocalRandom.current().nextInt(100_000)) + " & wait";

  private Workbench bench;

  @BeforeEach
  void open(@TempDir Path folder) {
    bench = new Workbench(folder);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aCommandAnInterruptedTurnLeftRunningIsEnded() throws Exception {
    var thread = bench.thread(Habits.good());

    interrupted(thread, later().spawn(command).fork(1));

    assertThat(running()).isZero();
    assertThat(bench.run(thread, script().say("on")).text()).isEqualTo("on");
    assertThat(bench.alive()).as("the agent alone, with what wraps it").isLessThan(4);
  }

  @Test
  void whatAnEarlierTurnStartedStays() throws Exception {
    var thread = bench.thread(Habits.good());
    bench.run(thread, script().spawn(command));
    await().until(() -> running() > 0);

    interrupted(thread, later());

    assertThat(running()).isPositive();
  }

  @Test
  void aHelperTheAgentTalksToStays() throws Exception {
    var thread = bench.thread(Habits.good());

    interrupted(thread, later().spawnHelper(command));

    assertThat(running()).isPositive();
  }

  /// It might be the other turn's.
  @Test
  void nothingIsEndedWhenAnotherTurnRanInTheProcess() throws Exception {
    var process = bench.start(Habits.good());
    var other = bench.thread(process);
    var turn = bench.turn();
    var told = new Told();
    var slow = Asking.prompt(other, turn, script().say("begun").hang().prompt(), told);
    told.first(AgentEvent.Text.class);

    interrupted(bench.thread(process), later().spawn(command));

    assertThat(running()).isPositive();
    assertThat(slow.running()).isTrue();
    other.interrupt(turn);
    slow.end();
  }

  @Test
  void aTurnThatCompletesLeavesItsCommandsAlone() throws Exception {
    bench.run(bench.thread(Habits.good()), script().spawn(command));

    await().until(() -> running() > 0);
  }

  /// No real agent is so quick that its command is there before it was looked who is.
  private static Script later() {
    return script().sleep(500);
  }

  private void interrupted(AgentThread thread, Script script) throws Exception {
    var turn = bench.turn();
    var told = new Told();
    boolean spawns = script.prompt().contains(command);
    var asking = Asking.prompt(thread, turn, script.say("ready").hang().prompt(), told);
    told.until(now -> now.text().contains("ready"));
    if (spawns) {
      await().until(() -> running() > 0);
    }
    thread.interrupt(turn);
    assertThat(asking.end()).isInstanceOf(TurnResult.Cancelled.class);
  }

  private long running() {
    var sleep = command.substring(0, command.indexOf(" &"));
    return ProcessHandle.allProcesses()
        .filter(handle -> handle.info().commandLine().orElse("").endsWith(sleep))
        .count();
  }
}
