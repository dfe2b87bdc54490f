package dev.signalbox.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.agent.conformance.Conformance;
import dev.signalbox.agent.conformance.Finding;
import dev.signalbox.agent.conformance.Patience;
import dev.signalbox.agent.conformance.Wording;
import dev.signalbox.id.Ids;
import dev.signalbox.process.Children;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What every driver promises, checked against a real process of one agent. A subclass names the
/// agent and the prompts that make it do what a test needs.
@Tag("R-DRV-1")
@Timeout(180)
public abstract class DriverContract {
  @TempDir protected Path folder;

  private final Ids ids = new Ids(InstantSource.system());
  private Children children;
  private AgentDriver driver;
  private final List<AgentProcess> started = new ArrayList<>();

  protected abstract AgentDriver driver(Children children);

  protected abstract Agent agent();

  /// A prompt whose answer contains [#answer], in several pieces.
  protected abstract String answering();

  protected abstract String answer();

  /// A prompt whose answer streams for at least ten seconds.
  protected abstract String streaming();

  /// A prompt that runs a command for at least ten seconds, without asking or after one ask.
  protected abstract String busyWithATool();

  /// A prompt that asks once and, when allowed, writes the file `made.txt` in the working folder.
  protected abstract String asking();

  /// The prompts above as the conformance scenarios want them; a subclass whose agent remembers
  /// says how it is told and asked.
  protected Wording wording() {
    return new Wording(answering(), answer(), answering(), streaming(), asking(), null, null, "");
  }

  /// The very scenarios of `signalbox agents test`: nothing that is offered may fail.
  @TestFactory
  Stream<DynamicTest> theConformanceScenarios() throws Exception {
    var place = Files.createDirectories(folder.resolve("conformance"));
    var patience = new Patience(Duration.ofSeconds(120), Duration.ofSeconds(60));
    var conformance = new Conformance(driver, agent(), wording(), patience, place);
    return Conformance.scenarios().stream()
        .map(scenario ->
            DynamicTest.dynamicTest(
                scenario,
                () -> {
                  var finding = conformance.run(scenario);
                  assertThat(finding.verdict())
                      .as(finding.toString())
                      .isNotEqualTo(Finding.Verdict.FAIL);
                }));
  }

  @BeforeEach
  void open() {
    children = Children.open(folder.resolve("runs"), System.getenv());
    driver = driver(children);
  }

  @AfterEach
  void close() {
    started.forEach(AgentProcess::close);
    children.close();
  }

  protected AgentProcess start() throws Exception {
    var work = Files.createDirectories(folder.resolve("work")).toRealPath();
    var process = driver.start(agent(), new Launch(work, work, Map.of()));
    started.add(process);
    return process;
  }

  protected AgentThread thread(AgentProcess process) throws Exception {
    return process.open(ThreadSettings.writing(folder.resolve("work").toRealPath()));
  }

  /// Another conversation: in the same process where the agent can, else in one of its own.
  private AgentThread another(AgentProcess process) throws Exception {
    return thread(process.capabilities().threads() ? process : start());
  }

  @Test
  void aTurnStreamsItsAnswerAndCompletes() throws Exception {
    var told = new Told();
    var result = Asking.prompt(thread(start()), ids.turn(), answering(), told).end();

    assertThat(result).isInstanceOf(TurnResult.Completed.class);
    assertThat(((TurnResult.Completed) result).stopReason()).isEqualTo("end_turn");
    assertThat(told.text()).contains(answer());
    assertThat(told.all(AgentEvent.Text.class)).hasSizeGreaterThan(1);
  }

  @Test
  @Tag("R-DRV-8")
  void capabilitiesAreKnownOnceItRuns() throws Exception {
    var process = start();
    assertThat(process.alive()).isTrue();
    assertThat(process.capabilities().threads()).isEqualTo(driver.shares());
    if (!driver.shares()) {
      thread(process); // what runs is the conversation
    }
    assertThat(process.alive()).isTrue();
    assertThat(process.pid()).isPositive();
    assertThat(process.residentBytes()).isPositive();
  }

  @Test
  @Tag("R-WARM-2")
  void aSecondTurnUsesTheSameProcessAndConversation() throws Exception {
    var process = start();
    var thread = thread(process);
    var native1 = thread.nativeId();
    assertThat(Asking.prompt(thread, ids.turn(), answering(), new Told()).end())
        .isInstanceOf(TurnResult.Completed.class);
    var second = new Told();
    assertThat(Asking.prompt(thread, ids.turn(), answering(), second).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(second.text()).contains(answer());
    assertThat(thread.nativeId()).isEqualTo(native1);
    assertThat(process.alive()).isTrue();
  }

  @Test
  void twoConversationsRunSideBySide() throws Exception {
    var process = start();
    var one = thread(process);
    var two = another(process);
    assertThat(one.nativeId()).isNotEqualTo(two.nativeId());
    var slowTurn = ids.turn();
    var slow = new Told();
    var streams = Asking.prompt(one, slowTurn, streaming(), slow);
    slow.first(AgentEvent.Text.class);

    var quick = new Told();
    assertThat(Asking.prompt(two, ids.turn(), answering(), quick).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(quick.text()).contains(answer());
    assertThat(slow.text()).doesNotContain(answer());
    assertThat(streams.running()).isTrue();
    one.interrupt(slowTurn);
    streams.end();
  }

  @Test
  @Tag("R-INT-2")
  void anInterruptedTurnIsCancelledAndTheNextOneRunsInTheSameConversation() throws Exception {
    var process = start();
    var thread = thread(process);
    var turn = ids.turn();
    var told = new Told();
    var streams = Asking.prompt(thread, turn, streaming(), told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(turn);
    assertThat(streams.end()).isInstanceOf(TurnResult.Cancelled.class);
    int heard = told.events().size();
    thread.settle();

    var next = new Told();
    assertThat(Asking.prompt(thread, ids.turn(), answering(), next).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(next.text()).contains(answer());
    assertThat(told.events()).hasSize(heard);
    assertThat(process.alive()).isTrue();
  }

  @Test
  @Tag("R-INT-9")
  void aTurnThatWasInterruptedBeforeItBeganIsNotPrompted() throws Exception {
    var thread = thread(start());
    var turn = ids.turn();
    thread.interrupt(turn);
    var told = new Told();
    assertThat(Asking.prompt(thread, turn, answering(), told).end())
        .isInstanceOf(TurnResult.Cancelled.class);
    assertThat(told.text()).isEmpty();
    assertThat(Asking.prompt(thread, ids.turn(), answering(), told).end())
        .isInstanceOf(TurnResult.Completed.class);
  }

  @Test
  @Tag("R-INT-1")
  void aTurnThatIsBusyWithAToolIsInterrupted() throws Exception {
    var thread = thread(start());
    var turn = ids.turn();
    var told = Told.answering(true);
    var busy = Asking.prompt(thread, turn, busyWithATool(), told);
    told.first(AgentEvent.ToolCall.class);
    thread.interrupt(turn);
    assertThat(busy.end()).isInstanceOf(TurnResult.Cancelled.class);
  }

  @Test
  @Tag("R-ASK-1")
  void anAllowedAskLetsTheAgentGoOn() throws Exception {
    var told = Told.answering(true);
    assertThat(Asking.prompt(thread(start()), ids.turn(), asking(), told).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(folder.resolve("work/made.txt")).exists();
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.writes()).isTrue();
    assertThat(ask.title()).isNotBlank();
    assertThat(ask.callId()).isNotNull();
    assertThat(told.all(AgentEvent.ToolCall.class))
        .extracting(AgentEvent.ToolCall::callId)
        .contains(ask.callId());
  }

  @Test
  @Tag("R-ASK-1")
  void aRejectedAskIsObeyed() throws Exception {
    var told = Told.answering(false);
    assertThat(Asking.prompt(thread(start()), ids.turn(), asking(), told).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(folder.resolve("work/made.txt")).doesNotExist();
    var call = told.first(AgentEvent.AskOpened.class).callId();
    assertThat(told.tool(String.valueOf(call)).status())
        .isEqualTo(dev.signalbox.event.Item.Status.FAILED);
  }

  @Test
  @Tag("R-INT-5")
  void anInterruptCancelsTheAskThatIsOpen() throws Exception {
    var thread = thread(start());
    var turn = ids.turn();
    var told = new Told();
    var asks = Asking.prompt(thread, turn, asking(), told);
    var ask = told.first(AgentEvent.AskOpened.class);
    thread.interrupt(turn);
    assertThat(asks.end()).isInstanceOf(TurnResult.Cancelled.class);
    ask.pending().choose(Told.once(ask, true).id(), null); // too late: changes nothing
    thread.settle();
    assertThat(Asking.prompt(thread, ids.turn(), answering(), new Told()).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(folder.resolve("work/made.txt")).doesNotExist();
  }

  @Test
  @Tag("R-LIFE-2")
  void aProcessThatIsKilledEndsItsTurnsWithTheReason() throws Exception {
    var process = start();
    var ends = new ArrayBlockingQueue<AgentProcess.ProcessEnd>(2);
    process.onEnd(ends::add);
    var told = new Told();
    var streams = Asking.prompt(thread(process), ids.turn(), streaming(), told);
    told.first(AgentEvent.Text.class);
    ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();

    assertThatThrownBy(streams::end)
        .isInstanceOfSatisfying(
            AgentUnavailable.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo("crash");
              assertThat(e.problem().detail()).contains("SIGKILL");
            });
    var end = ends.poll(30, TimeUnit.SECONDS);
    assertThat(end).isNotNull();
    assertThat(end.intended()).isFalse();
    assertThat(process.alive()).isFalse();
  }

  @Test
  void closingAProcessEndsItAndSaysThatItWasIntended() throws Exception {
    var process = start();
    var ends = new ArrayBlockingQueue<AgentProcess.ProcessEnd>(2);
    process.onEnd(ends::add);
    process.close();
    process.close();
    var end = ends.poll(30, TimeUnit.SECONDS);
    assertThat(end).isNotNull();
    assertThat(end.intended()).isTrue();
    assertThat(process.alive()).isFalse();
  }

  @Test
  void closingAConversationEndsItsTurnAndLeavesTheOthers() throws Exception {
    var process = start();
    var thread = thread(process);
    var other = another(process);
    var told = new Told();
    var streams = Asking.prompt(thread, ids.turn(), streaming(), told);
    told.first(AgentEvent.Text.class);
    thread.close();
    thread.close();
    assertThatThrownBy(streams::end).isInstanceOf(AgentUnavailable.class);
    assertThat(Asking.prompt(other, ids.turn(), answering(), new Told()).end())
        .isInstanceOf(TurnResult.Completed.class);
  }
}
