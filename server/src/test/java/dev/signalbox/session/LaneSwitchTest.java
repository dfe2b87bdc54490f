package dev.signalbox.session;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.event.ThreadState;
import dev.signalbox.event.Turn;
import dev.signalbox.id.TurnId;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Several agents take turns in one lane.
class LaneSwitchTest {
  @TempDir Path folder;

  private House house(Habits a, Habits b) throws IOException {
    return House.open(
        folder, Map.of("a", a.state(state("a")), "b", b.state(state("b"))), LaneSettings.DEFAULT);
  }

  private Path state(String agent) throws IOException {
    return Files.createDirectories(folder.resolve("state-" + agent));
  }

  @Test
  void R_SW_1_R_SW_2_anAgentThatIsReturnedToGoesOnWithItsOwnConversation() throws IOException {
    try (var house = house(Habits.good(), Habits.good())) {
      var lane = house.worker();
      say(house, lane, "a", script().remember("walrus"));
      var first = thread(lane, "a");
      say(house, lane, "b", script().remember("heron"));
      var back = say(house, lane, "a", script().recall());

      assertThat(house.answer(lane, back)).isEqualTo("walrus");
      assertThat(thread(lane, "a").nativeId()).isEqualTo(first.nativeId());
      assertThat(thread(lane, "a").pid()).isEqualTo(first.pid());
      assertThat(house.answer(lane, say(house, lane, "b", script().recall()))).isEqualTo("heron");
    }
  }

  @Test
  void R_SW_3_eachAgentIsToldWhatTheOtherDidAndNothingTwice() throws IOException {
    try (var house = house(Habits.good(), Habits.good())) {
      var lane = house.worker();
      say(house, lane, "a", script().say("I made the door red."));
      say(house, lane, "b", script().say("I made the roof green."));
      assertThat(prompt(house, "b"))
          .startsWith("<conversation ")
          .contains("a: I made the door red.")
          .contains("User: ");
      assertThat(thread(lane, "b").origin()).isEqualTo("handed-over");

      say(house, lane, "a", script().say("Fine."));
      assertThat(prompt(house, "a"))
          .contains("Since you last spoke")
          .contains("b: I made the roof green.")
          .doesNotContain("I made the door red.\n");
      say(house, lane, "a", script().say("Still fine."));
      assertThat(prompt(house, "a")).doesNotContain("<conversation");
      assertThat(thread(lane, "a").origin()).isEqualTo("new");
    }
  }

  @Test
  void R_NEW_7_nobodyButTheAgentSeesTheAccount() throws IOException {
    try (var house = house(Habits.good(), Habits.good())) {
      var lane = house.worker();
      say(house, lane, "a", script().say("one"));
      var turn = say(house, lane, "b", script().say("two"));
      var words = script().say("two").prompt();

      assertThat(house.items(lane, turn, "user"))
          .extracting(item -> item.get("text").asString())
          .containsExactly(words);
      assertThat(house.events(lane).toString()).doesNotContain("<conversation");
    }
  }

  @Test
  void R_SW_3_theAccountTellsOfToolsAndErrorsAndNotOfReasoning() throws IOException {
    try (var house = house(Habits.good(), Habits.good())) {
      var lane = house.worker();
      say(
          house,
          lane,
          "a",
          script()
              .think("secret thoughts")
              .tool("t1", "execute", "Run the tests", "all green")
              .say("Tested."));
      say(house, lane, "b", script().say("ok"));

      assertThat(prompt(house, "b"))
          .contains("[a used execute: Run the tests")
          .contains("a: Tested.")
          .doesNotContain("secret thoughts\n");
    }
  }

  @Test
  void R_SW_5_theAccountIsBoundedKeepsTheNewestAndMasksSecrets() throws IOException {
    try (var house = house(Habits.good(), Habits.good())) {
      var lane = house.worker();
      for (int i = 0; i < 12; i++) {
        say(house, lane, "a", script().say("part " + i + " " + "x".repeat(3_000)));
      }
      say(house, lane, "a", script().say("the key is sk-abcdefghijklmnop"));
      say(house, lane, "b", script().say("ok"));

      var told = prompt(house, "b");
      var account = told.substring(0, told.indexOf("</conversation>"));
      assertThat(account.length()).isLessThan(HandOver.MOST + 1_000);
      assertThat(account).contains("[Earlier parts are left out.]").contains("a: part 11");
      assertThat(account).doesNotContain("a: part 0 ").doesNotContain("sk-abcdefghijklmnop");
      assertThat(account).contains("the key is ***");
    }
  }

  @Test
  void R_SEND_9_aSlashStaysFirstAndTheAccountWaitsForTheNextPrompt() throws IOException {
    try (var house = house(Habits.good(), Habits.good())) {
      var lane = house.worker();
      say(house, lane, "a", script().say("the door is red"));
      var command = "/plan " + script().say("planned").prompt();
      end(house, lane, house.submit(lane, "b", command).turn());
      assertThat(prompt(house, "b")).isEqualTo(command);

      say(house, lane, "b", script().say("ok"));
      assertThat(prompt(house, "b")).contains("a: the door is red");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fake", "refuse", "crash"})
  void R_LIFE_8_R_LIFE_9_whereAConversationIsLostItIsRebuiltAndTheUserIsTold(String way)
      throws IOException {
    try (var house = house(Habits.good().spoil("resume", way).spoil("load", way), Habits.good())) {
      var lane = house.worker();
      say(house, lane, "a", script().say("the door is red"));
      var id = lane.id();
      var session = lane.session();

      house.restart();
      var again = house.sessions.lane(session, "worker");
      assertThat(again.id()).isEqualTo(id);
      var turn = say(house, again, "a", script().say("ok"));

      assertThat(prompt(house, "a")).contains("<conversation ").contains("a: the door is red");
      assertThat(house.items(again, turn, "notice").toString()).contains("memory-rebuilt");
      assertThat(thread(again, "a").origin()).isEqualTo("handed-over");
    }
  }

  @Test
  void R_LIFE_8_anAgentThatCannotTakeUpAnythingIsGivenTheWholeAccount() throws IOException {
    var forgetful = Habits.good().without("resume").without("load");
    try (var house = house(forgetful, Habits.good())) {
      var lane = house.worker();
      say(house, lane, "a", script().say("the door is red"));
      var session = lane.session();
      house.restart();
      var again = house.sessions.lane(session, "worker");
      say(house, again, "b", script().say("the roof is green"));
      var turn = say(house, again, "a", script().say("ok"));

      assertThat(prompt(house, "a"))
          .contains("a: the door is red")
          .contains("b: the roof is green");
      assertThat(house.items(again, turn, "notice").toString()).contains("memory-rebuilt");
    }
  }

  @Test
  void R_LIFE_8_aConversationThatIsTakenUpAfterARestartIsToldOnlyWhatItMissed() throws IOException {
    try (var house = house(Habits.good(), Habits.good())) {
      var lane = house.worker();
      say(house, lane, "a", script().say("the door is red"));
      say(house, lane, "b", script().say("the roof is green"));
      var session = lane.session();
      house.restart();
      var again = house.sessions.lane(session, "worker");
      var turn = say(house, again, "a", script().say("ok"));

      assertThat(prompt(house, "a"))
          .contains("b: the roof is green")
          .doesNotContain("a: the door is red");
      assertThat(thread(again, "a").origin()).isEqualTo("resumed");
      assertThat(house.items(again, turn, "notice")).isEmpty();
    }
  }

  @Test
  void R_LANE_10_afterAResetNothingIsHandedOver() throws IOException {
    try (var house = house(Habits.good(), Habits.good())) {
      var lane = house.worker();
      say(house, lane, "a", script().say("the door is red"));
      lane.reset();
      say(house, lane, "b", script().say("ok"));
      assertThat(prompt(house, "b")).doesNotContain("<conversation");
      assertThat(thread(lane, "b").origin()).isEqualTo("new");
    }
  }

  @Test
  void R_WARM_11_twoLanesOfOneAgentAreTwoConversationsInOneFolder() throws IOException {
    try (var house = house(Habits.good(), Habits.good())) {
      var session = house.session().id();
      house.sessions.addLane(session, "second", "chat", "workspace-write");
      var one = house.sessions.lane(session, "worker");
      var two = house.sessions.lane(session, "second");
      say(house, one, "a", script().remember("walrus").writeFile("made.txt", "by one"));
      var other = say(house, two, "a", script().recall().whoAmI());

      var project = folder.resolve("project").toRealPath();
      assertThat(house.answer(two, other)).startsWith("nothing").contains("cwd=" + project);
      assertThat(project.resolve("made.txt")).hasContent("by one");
      assertThat(prompt(house, "a")).doesNotContain("<conversation");
      assertThat(thread(two, "a").nativeId()).isNotEqualTo(thread(one, "a").nativeId());
      assertThat(thread(two, "a").pid()).isEqualTo(thread(one, "a").pid());
    }
  }

  private static TurnId say(House house, Lane lane, String agent, Script script) {
    var turn = house.submit(lane, agent, script.prompt()).turn();
    end(house, lane, turn);
    return turn;
  }

  private static void end(House house, Lane lane, TurnId turn) {
    assertThat(house.end(lane, turn).get("state").asString())
        .isEqualTo(Turn.State.COMPLETED.name().toLowerCase(java.util.Locale.ROOT));
  }

  private static ThreadState thread(Lane lane, String agent) {
    return lane.threads().stream()
        .filter(thread -> thread.agent().equals(agent))
        .findFirst()
        .orElseThrow();
  }

  /// The text of the last prompt the agent got.
  private static String prompt(House house, String agent) {
    return house
        .received(agent)
        .messages("session/prompt")
        .getLast()
        .at("/params/prompt/0/text")
        .asString();
  }
}
