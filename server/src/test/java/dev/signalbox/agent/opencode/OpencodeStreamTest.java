package dev.signalbox.agent.opencode;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.event.Item;
import dev.signalbox.testkit.agent.Habits;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One stream of events for each conversation, and what becomes of a turn when it breaks.
@Tag("R-LIFE-17")
@Timeout(180)
class OpencodeStreamTest {
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
  void R_LIFE_17_eachConversationHasItsOwnStreamAndAClosedOneLeavesNoReader() throws Exception {
    var process = bench.start(Habits.good());
    var one = bench.thread(process);
    var two = process.open(ThreadSettings.writing(bench.work("elsewhere")));
    await().until(() -> bench.streams() == 2);
    one.close();
    await().until(() -> bench.streams() == 1);
    assertThat(bench.run(two, script().say("still here")).text()).isEqualTo("still here");
    two.close();
    await().until(() -> bench.streams() == 0);
    assertThat(process.alive()).isTrue();
  }

  @Test
  void R_LIFE_17_fourConversationsInTwoFoldersHearTheirOwnWordsOnceAndInOrder() throws Exception {
    var process = bench.start(Habits.good());
    var asked = new ArrayList<Asking>();
    var heard = new ArrayList<Told>();
    for (int i = 0; i < 4; i++) {
      var folder = bench.work(i % 2 == 0 ? "work" : "elsewhere");
      var told = new Told();
      var script = script();
      for (int word = 0; word < 200; word++) {
        script.say(i + ":" + word + " ");
      }
      var thread = process.open(ThreadSettings.writing(folder));
      asked.add(Asking.prompt(thread, bench.turn(), script.prompt(), told));
      heard.add(told);
    }
    for (int i = 0; i < 4; i++) {
      assertThat(asked.get(i).end()).isInstanceOf(TurnResult.Completed.class);
      var expected = new StringBuilder();
      for (int word = 0; word < 200; word++) {
        expected.append(i).append(':').append(word).append(' ');
      }
      assertThat(heard.get(i).text()).isEqualTo(expected.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wordsThatWereSaidWhileTheStreamWasCutAreToldOnce(boolean fresh) throws Exception {
    var habits = fresh ? Habits.good().spoil("fresh", "true") : Habits.good();
    var thread = bench.thread(bench.start(habits));
    var told =
        bench.run(
            thread,
            script()
                .say("one ")
                .closeOutput()
                .say("two ")
                .say("three ")
                .sleep(600)
                .say("four ")
                .tool("c1", "execute", "make", "made")
                .say("five"));
    assertThat(told.text()).isEqualTo("one two three four five");
    assertThat(told.all(AgentEvent.ToolCall.class).getLast().output()).isEqualTo("made");
  }

  @Test
  void manyCutsLoseNothingAndDoubleNothing() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var script = script();
    var expected = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      script.say("w" + i + " ");
      expected.append("w").append(i).append(' ');
      if (i % 5 == 0) {
        script.closeOutput().sleep(i * 10L);
      }
      if (i % 7 == 0) {
        script.think("t" + i);
      }
    }
    var told = bench.run(thread, script);
    assertThat(told.text()).isEqualTo(expected.toString());
    assertThat(told.reasoning()).isEqualTo("t0t7t14t21t28");
  }

  @Test
  void anEndThatWasToldWhileTheStreamWasCutIsFoundOut() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var told = bench.run(thread, script().say("the ").closeOutput().say("end"));
    assertThat(told.text()).isEqualTo("the end");
  }

  @Test
  void anAskThatWasMadeWhileTheStreamWasCutIsAsked() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var told = Told.answering(true);
    var script =
        script().say("a").closeOutput().ask("c1", "edit", "Write it", "yes:allow_once").say("b");
    assertThat(bench.run(thread, script, told)).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.all(AgentEvent.AskOpened.class)).hasSize(1);
    assertThat(told.text()).isEqualTo("aselected: yesb");
  }

  @Test
  void aLineThatIsTooLongIsSkippedAndMadeUpFor() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var told =
        bench.run(
            thread, script().say("before ").garbage(EventReader.LONGEST_LINE + 100).say("after "));
    assertThat(told.text()).isEqualTo("before after ");
  }

  @Test
  void whatIsNoJsonAndWhatNobodyKnowsEndsNothing() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var told =
        bench.run(
            thread,
            script()
                .answerWrongIds()
                .line("{\"type\":")
                .line("[1]")
                .line("{\"type\":\"made.up\",\"properties\":{\"sessionID\":\"ses_other\"}}")
                .update("{\"sessionUpdate\":\"novelty\",\"of\":\"mine\"}")
                .say("fine"));
    assertThat(told.text()).isEqualTo("fine");
    assertThat(told.all(AgentEvent.Unknown.class))
        .singleElement()
        .extracting(AgentEvent.Unknown::type)
        .isEqualTo("scripted.novelty");
  }

  @Test
  @Tag("R-LIFE-3")
  void R_LIFE_3_aServerThatDiesFailsEachOfItsTurnsOnce() throws Exception {
    var process = bench.start(Habits.good());
    var one = new Told();
    var two = new Told();
    var first =
        Asking.prompt(bench.thread(process), bench.turn(), script().say("1").hang().prompt(), one);
    one.first(AgentEvent.Text.class);
    var second =
        Asking.prompt(
            bench.thread(process), bench.turn(), script().say("2").crash(3).prompt(), two);
    assertThatThrownBy(first::end).hasMessageContaining("exit code 3");
    assertThatThrownBy(second::end)
        .isInstanceOfSatisfying(
            AgentUnavailable.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo("crash");
              assertThat(e.problem().stderr()).contains("scripted opencode starts");
            });
    await().until(() -> !process.alive());
  }

  @Test
  void whatASubagentDoesIsNestedAndItsAskIsAsked() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var told = Told.answering(true);
    var inner = script().say("below").ask("c9", "execute", "touch it", "yes:allow_once");
    var script = script().say("above").subagent(inner).say("done");
    assertThat(bench.run(thread, script, told)).isInstanceOf(TurnResult.Completed.class);
    var task =
        told.all(AgentEvent.ToolCall.class).stream()
            .filter(call -> call.tool().kind().equals("subagent"))
            .reduce((earlier, later) -> later)
            .orElseThrow();
    assertThat(task.status()).isEqualTo(Item.Status.DONE);
    assertThat(told.all(AgentEvent.Text.class))
        .filteredOn(text -> task.callId().equals(text.parent()))
        .extracting(AgentEvent.Text::text)
        .containsExactly("below", "selected: yes");
    assertThat(told.all(AgentEvent.Text.class))
        .filteredOn(text -> text.parent() == null)
        .extracting(AgentEvent.Text::text)
        .containsExactly("above", "done");
  }
}
