package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.event.Ask;
import dev.signalbox.event.LaneState;
import dev.signalbox.refusal.Refused;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Asks: shown once, answered once, never answered by position or by nobody.
class LaneAsksTest {
  private static final String[] OPTIONS = {
    "always:allow_always", "no:reject_once", "yes:allow_once", "never:reject_always"
  };

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws IOException {
    house = House.open(folder);
  }

  @AfterAll
  static void close() {
    house.close();
  }

  @Test
  void R_ASK_1_R_ASK_8_theChosenOptionReachesTheAgentWhateverItsPosition() {
    var lane = house.worker();
    var allowed = house.submit(lane, Script.script().ask("c", "execute", "make", OPTIONS)).turn();
    var ask = house.awaitAsk(lane);

    assertThat(lane.view().state()).isEqualTo(LaneState.WAITING);
    assertThat(ask.title()).isEqualTo("make");
    assertThat(ask.options()).extracting(Ask.Option::id).containsExactly("no", "yes");
    lane.answer(ask.id(), House.choose(ask, "yes", "k1"));
    house.end(lane, allowed);
    assertThat(house.answer(lane, allowed)).contains("selected: yes");

    var denied = house.submit(lane, Script.script().ask("c", "execute", "make", OPTIONS)).turn();
    var second = house.awaitAsk(lane);
    lane.answer(second.id(), House.choose(second, "no", "k2"));
    house.end(lane, denied);
    assertThat(house.answer(lane, denied)).contains("selected: no");
  }

  @Test
  void R_ASK_5_aSecondAnswerIsRefusedWithTheFirstAndTheSameKeyGetsTheSame() {
    var lane = house.worker();
    var turn = house.submit(lane, Script.script().ask("c", "execute", "make", OPTIONS)).turn();
    var ask = house.awaitAsk(lane);

    var first = lane.answer(ask.id(), House.choose(ask, "yes", "phone"));
    var again = lane.answer(ask.id(), House.choose(ask, "yes", "phone"));

    assertThat(again.state()).isEqualTo(Ask.State.ANSWERED).isEqualTo(first.state());
    assertThatThrownBy(() -> lane.answer(ask.id(), House.choose(ask, "no", "desk")))
        .isInstanceOfSatisfying(
            Refused.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Refused.Kind.CONFLICT);
              assertThat(String.valueOf(e.extra())).contains("yes");
            });
    house.end(lane, turn);
    assertThat(house.events(lane, "ask.closed")).hasSize(1);
    assertThat(house.answer(lane, turn)).contains("selected: yes");
  }

  @Test
  void anAnswerForSomethingElseThanWhatWasShownIsRefused() {
    var lane = house.worker();
    var turn = house.submit(lane, Script.script().ask("c", "execute", "make", OPTIONS)).turn();
    var ask = house.awaitAsk(lane);

    assertThatThrownBy(() ->
            lane.answer(
                ask.id(), new AnswerCommand("yes", null, null, "0000", null, null, "k", "test")))
        .hasMessageContaining("look at it again");
    assertThatThrownBy(() -> lane.answer(ask.id(), House.choose(ask, "always", "k")))
        .hasMessageContaining("always")
        .hasMessageContaining("no, yes");

    lane.answer(ask.id(), House.choose(ask, "no", "k"));
    house.end(lane, turn);
  }

  @Test
  void anAskOfATurnThatIsOverIsGone() {
    var lane = house.worker();
    var turn = house.submit(lane, Script.script().ask("c", "execute", "make", OPTIONS)).turn();
    var ask = house.awaitAsk(lane);
    lane.interrupt(false, null);
    house.end(lane, turn);

    assertThatThrownBy(() -> lane.answer(ask.id(), House.choose(ask, "yes", "late")))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.kind()).isEqualTo(Refused.Kind.GONE));
  }

  @Test
  void R_ASK_4_R_BOX_3_aReadOnlyLaneDeniesWithoutAskingAndNeverPicksTheFirstOption() {
    var session = house.session();
    var planner = house.sessions.lane(session.id(), "planner");

    var turn = house.submit(planner, Script.script().ask("c", "edit", "write x", OPTIONS)).turn();
    house.end(planner, turn);

    assertThat(house.events(planner, "ask.opened")).isEmpty();
    assertThat(house.answer(planner, turn)).contains("selected: no");
    assertThat(house.items(planner, turn, "notice").toString()).contains("denied-read-only");
  }

  @Test
  void twoAsksAtOnceAreAnsweredEachForItself() {
    var lane = house.worker();
    var turn =
        house
            .submit(
                lane,
                Script.script()
                    .askWithoutWaiting("c1", "execute", "one", OPTIONS)
                    .ask("c2", "execute", "two", OPTIONS))
            .turn();
    var second =
        org.awaitility.Awaitility.await().until(lane::openAsks, asks -> asks.size() == 2).stream()
            .filter(ask -> ask.title().equals("two"))
            .findFirst()
            .orElseThrow();
    lane.answer(second.id(), House.choose(second, "no", "k-two"));
    house.end(lane, turn);

    assertThat(house.answer(lane, turn)).contains("selected: no");
    assertThat(house.events(lane, "ask.closed"))
        .extracting(e -> e.get("ask").get("state").asString())
        .containsExactlyInAnyOrder("answered", "withdrawn");
  }

  @Test
  void whoWatchesTheListHearsOfEveryAskAndItsEnd() throws Exception {
    var changes = new ConcurrentLinkedQueue<Change>();
    try (var watch = house.sessions.watch(changes::add)) {
      var lane = house.worker();
      var turn = house.submit(lane, Script.script().ask("c", "execute", "make", OPTIONS)).turn();
      var ask = house.awaitAsk(lane);
      org.awaitility.Awaitility.await()
          .until(() -> changes.stream().anyMatch(c -> c instanceof Change.AskOpened));
      lane.answer(ask.id(), House.choose(ask, "yes", "k9"));
      house.end(lane, turn);
      org.awaitility.Awaitility.await()
          .until(() -> changes.stream().anyMatch(c -> c instanceof Change.AskClosed));
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void R_ASK_6_anAskIsRemindedOfAndExpiresOnlyWhenATimeOutIsSet(@TempDir Path other)
      throws IOException {
    var settings =
        new LaneSettings(
            8, null, Duration.ofMillis(50), Duration.ofMillis(300), Duration.ofSeconds(5));
    try (var strict = House.open(other, Map.of("good", Habits.good()), settings)) {
      var lane = strict.worker();
      var turn = strict.submit(lane, Script.script().ask("c", "execute", "make", OPTIONS)).turn();
      strict.end(lane, turn);

      assertThat(strict.answer(lane, turn)).contains("selected: no");
      assertThat(strict.items(lane, turn, "notice").toString())
          .contains("ask-reminder", "ask-expired");
      assertThat(strict.events(lane, "ask.closed").getFirst().get("ask").get("state").asString())
          .isEqualTo("expired");
    }
  }
}
