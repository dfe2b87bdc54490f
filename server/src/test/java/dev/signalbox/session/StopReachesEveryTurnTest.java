package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.event.LaneState;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Stop has effect in whatever state a turn is, whichever agent runs it.
class StopReachesEveryTurnTest {
  @TempDir static Path folder;
  private static House house;

  /// Waits until the turn is in the state it is to be stopped in.
  interface Until {
    void reached(Lane lane) throws Exception;
  }

  /// @param model to be chosen first, or null
  record Busy(String name, String agent, String text, @Nullable String model, Until until) {
    @Override
    public String toString() {
      return agent + ": " + name;
    }
  }

  @BeforeAll
  static void open() throws IOException {
    var models = Habits.good().models("m1", "m2");
    house =
        House.open(
            folder,
            Map.of(
                "good", models,
                "mute", Habits.good().spoil("initialize", "silent"),
                "shut", Habits.good().spoil("new", "silent"),
                "stuck", models.spoil("set", "silent")),
            new LaneSettings(8, null, Duration.ofMinutes(2), null, Duration.ofSeconds(1)));
  }

  @AfterAll
  static void close() {
    house.close();
  }

  static Stream<Busy> states() {
    return Stream.of(
        scripted("saying nothing", Script.script().hang(), lane -> got("good", "session/prompt")),
        new Busy("starting", "mute", "hi", null, lane -> got("mute", "initialize")),
        new Busy("opening its thread", "shut", "hi", null, lane -> got("shut", "session/new")),
        new Busy(
            "being given a model",
            "stuck",
            "hi",
            "m2",
            lane -> got("stuck", "session/set_config_option")),
        scripted("thinking", Script.script().think("hm").hang(), lane -> item(lane, "reasoning")),
        scripted(
            "streaming", Script.script().count(10_000, 5), lane -> house.awaitText(lane, "3 ")),
        scripted(
            "in a tool",
            Script.script().openTool("c", "execute", "make").hang(),
            lane -> item(lane, "tool")),
        scripted(
            "asking",
            Script.script().ask("c", "execute", "make", "y:allow_once", "n:reject_once"),
            house::awaitAsk),
        scripted(
            "deaf",
            Script.script().ignoreCancel().say("deaf").hang(),
            lane -> house.awaitText(lane, "deaf")),
        practising("count 1000", lane -> house.awaitText(lane, "2")),
        practising("ask Really?", house::awaitAsk),
        practising("write f.txt text", house::awaitAsk),
        practising("run touch begun; sleep 60", StopReachesEveryTurnTest::allowed));
  }

  private static Busy scripted(String name, Script script, Until until) {
    return new Busy(name, "good", script.prompt(), null, until);
  }

  private static Busy practising(String command, Until until) {
    return new Busy(command, "practice", command, null, until);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("states")
  void R_INT_3_stopEndsARunningTurnInEveryStateAndWithEveryAgent(Busy busy) throws Exception {
    var lane = house.worker();
    var turn =
        lane.submit(
                new Submission(
                    "c-" + lane.id(),
                    busy.text(),
                    busy.agent(),
                    busy.model(),
                    null,
                    null,
                    null,
                    null))
            .turn();
    busy.until().reached(lane);
    assertThat(lane.view().state()).isIn(LaneState.RUNNING, LaneState.WAITING);

    assertThat(lane.interrupt(false, null)).contains(turn);

    var end = house.end(lane, turn);
    assertThat(end.get("state").asString()).isEqualTo("interrupted");
    assertThat(end.get("reason").asString()).isEqualTo("user");
    assertThat(house.events(lane).stream().filter(e -> House.isEnd(e, turn))).hasSize(1);
    assertThat(open(lane)).isEmpty();
    assertThat(lane.openAsks()).isEmpty();
    assertThat(lane.view().state()).isEqualTo(LaneState.IDLE);
    theNextTurnRuns(lane, busy);
    assertThat(house.items(lane, turn, "notice").toString()).contains("interrupted");
  }

  /// With the same agent where it is of any use, and in any case in the same folder.
  private static void theNextTurnRuns(Lane lane, Busy busy) {
    var next =
        busy.agent().equals("practice")
            ? house.submit(lane, "practice", "help")
            : house.submit(lane, "good", Script.script().say("on").prompt());
    assertThat(house.end(lane, next.turn()).get("state").asString()).isEqualTo("completed");
    if (busy.agent().equals("good")) {
      assertThat(house.answer(lane, next.turn())).isEqualTo("on");
      assertThat(house.received("good").messages("session/cancel")).isNotEmpty();
    }
  }

  private static void allowed(Lane lane) throws IOException {
    Files.deleteIfExists(house.project.resolve("begun"));
    var ask = house.awaitAsk(lane);
    lane.answer(ask.id(), House.choose(ask, "allow", "yes-" + ask.id()));
    await().until(() -> Files.exists(house.project.resolve("begun")));
  }

  /// Each is waited for where nothing before it in this test asks the same of that agent.
  private static void got(String agent, String method) {
    await().until(() -> !house.received(agent).messages(method).isEmpty());
  }

  private static void item(Lane lane, String kind) {
    house.await(
        lane,
        e ->
            e.get("type").asString().equals("item.started")
                && e.at("/item/kind").asString("").equals(kind));
  }

  /// Items that were started and never completed.
  private static List<String> open(Lane lane) {
    var open = new ArrayList<String>();
    for (var event : house.events(lane)) {
      switch (event.get("type").asString()) {
        case "item.started" -> open.add(event.at("/item/id").asString());
        case "item.completed" -> open.remove(event.at("/item/id").asString());
        default -> {} // nothing of an item
      }
    }
    return open;
  }
}
