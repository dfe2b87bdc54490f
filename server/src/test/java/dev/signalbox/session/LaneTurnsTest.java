package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.event.LaneState;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import dev.signalbox.testkit.agent.Script;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Prompts, their order, and what a turn leaves in the journal.
class LaneTurnsTest {
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
  void R_TURN_11_aTurnStartsThenTheUserItemThenThePlaceOfTheAnswer() {
    var lane = house.worker();
    var turn = house.submit(lane, Script.script().say("hello")).turn();
    house.end(lane, turn);

    var types = house.events(lane).stream().map(LaneTurnsTest::brief).toList();

    assertThat(types)
        .startsWith(
            "turn.queued",
            "turn.started",
            "item.started user",
            "item.completed user",
            "item.started text");
    assertThat(types).containsOnlyOnce("turn.ended", "item.completed text");
    assertThat(house.answer(lane, turn)).isEqualTo("hello");
    assertThat(house.events(lane)).extracting(e -> e.get("seq").asLong()).isSorted().startsWith(1L);
  }

  private static String brief(JsonNode event) {
    var type = event.get("type").asString();
    return event.has("item") ? type + " " + event.get("item").get("kind").asString() : type;
  }

  @Test
  void R_LOCK_4_threePromptsSentFastRunStrictlyOneAfterAnother() {
    var lane = house.worker();
    var turns =
        List.of("one", "two", "three").stream()
            .map(word -> house.submit(lane, Script.script().say(word).sleep(50)))
            .toList();

    assertThat(turns).extracting(Submitted::state).containsExactly("running", "queued", "queued");
    turns.forEach(turn -> house.end(lane, turn.turn()));

    var order =
        house.events(lane).stream()
            .filter(e -> e.get("type").asString().matches("turn.(started|ended)"))
            .map(e -> e.get("type").asString() + e.get("turn").asString())
            .toList();
    assertThat(order)
        .containsExactlyElementsOf(
            turns.stream()
                .flatMap(t -> List.of("turn.started" + t.turn(), "turn.ended" + t.turn()).stream())
                .toList());
  }

  @Test
  void R_SEND_1_R_SEND_4_everySizeArrivesByteForByte() throws Exception {
    var lane = house.worker();
    for (var text :
        List.of(
            "short",
            "x".repeat(501),
            "line 1\r\nline 2\n\n\ttab \"quotes\" 'single' \\ $HOME `id`\u0000",
            "汉字 \uD83D\uDE00 é\u0301".repeat(400),
            "/plan first",
            "line\n".repeat(200_000))) {
      var turn = house.submit(lane, "good", text).turn();
      house.end(lane, turn);

      var bytes = text.getBytes(StandardCharsets.UTF_8);
      var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      assertThat(house.answer(lane, turn)).contains("heard " + bytes.length + " bytes", hash);
    }
  }

  @Test
  void R_SEND_2_aLongTextOfManyLinesIsOnePromptOfOneBlock() {
    var lane = house.worker();
    var text = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      text.append(
          "%03d: a line that is typed by hand, with \ttabs and blanks at its end.   ".formatted(i));
      text.append("0123456789").append(i % 2 == 0 ? "\n" : "\r\n");
    }
    assertThat(text.length()).isGreaterThan(40 << 10);
    int before = house.received("good").messages("session/prompt").size();

    var turn = house.submit(lane, "good", text.toString()).turn();
    house.end(lane, turn);

    var prompts = house.received("good").messages("session/prompt");
    assertThat(prompts).hasSize(before + 1);
    assertThat(prompts.getLast().path("params").path("prompt"))
        .singleElement()
        .satisfies(block -> {
          assertThat(block.path("type").asString()).isEqualTo("text");
          assertThat(block.path("text").asString()).isEqualTo(text.toString());
        });
    assertThat(house.items(lane, turn, "user"))
        .singleElement()
        .satisfies(item -> assertThat(item.get("text").asString()).isEqualTo(text.toString()));
  }

  @Test
  void R_SEND_6_aResendWithTheSameClientIdIsTheSameTurn() {
    var lane = house.worker();
    var submission = House.submission("same", "good", Script.script().say("once").prompt(), null);

    var first = lane.submit(submission);
    var again = lane.submit(submission);
    house.end(lane, first.turn());
    var late = lane.submit(submission);

    assertThat(again.turn()).isEqualTo(first.turn());
    assertThat(late.turn()).isEqualTo(first.turn());
    assertThat(house.events(lane, "turn.started")).hasSize(1);
  }

  @Test
  void R_SEND_7_queuedPromptsAreEditedMovedAndWithdrawnBeforeTheyStart() {
    var lane = house.worker();
    var busy = house.submit(lane, Script.script().hang());
    var first = house.submit(lane, Script.script().say("first")).turn();
    var second = house.submit(lane, Script.script().say("second")).turn();
    var third = house.submit(lane, Script.script().say("third")).turn();

    lane.edit(
        first, new TurnEdit(Script.script().say("edited").prompt(), null, false, null, false), "e");
    lane.edit(third, new TurnEdit(null, null, true, first, false), "m");
    lane.withdraw(second, "w");
    assertThat(lane.queued().turns()).containsExactly(third, first);
    lane.interrupt(false, null);
    house.end(lane, busy.turn());
    lane.queue("run", null);
    house.end(lane, first);

    assertThat(house.answer(lane, first)).isEqualTo("edited");
    assertThat(house.answer(lane, third)).isEqualTo("third");
    assertThat(started(lane)).containsExactly(busy.turn(), third, first);
    assertThat(house.received("good").messages("session/prompt").toString())
        .doesNotContain("second");
    assertThatThrownBy(() -> lane.withdraw(first, null))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.kind()).isEqualTo(Refused.Kind.CONFLICT));
  }

  @Test
  void R_SEND_10_aQueuedPromptIsUnknownToTheTurnBeforeIt() {
    var lane = house.worker();
    var first = house.submit(lane, Script.script().sleep(200).recall()).turn();
    var second = house.submit(lane, Script.script().remember("later").recall()).turn();
    house.end(lane, second);

    assertThat(house.answer(lane, first)).isEqualTo("nothing");
    assertThat(house.answer(lane, second)).isEqualTo("later");
  }

  @Test
  void R_LANE_3_thePlannerAnswersWhileTheWorkerRuns() {
    var session = house.session();
    var worker = house.sessions.lane(session.id(), "worker");
    var planner = house.sessions.lane(session.id(), "planner");
    var busy = house.submit(worker, Script.script().hang());

    var quick = house.submit(planner, Script.script().say("hi"));
    house.end(planner, quick.turn());

    assertThat(quick.state()).isEqualTo("running");
    assertThat(worker.view().state()).isEqualTo(LaneState.RUNNING);
    worker.interrupt(false, null);
    house.end(worker, busy.turn());
  }

  @Test
  void R_LANE_4_nothingOfOneLaneAppearsInAnother() {
    var session = house.session();
    var worker = house.sessions.lane(session.id(), "worker");
    var planner = house.sessions.lane(session.id(), "planner");
    var one = house.submit(worker, Script.script().say("marker-worker").think("marker-worker"));
    var two = house.submit(planner, Script.script().say("marker-planner").think("marker-planner"));
    house.end(worker, one.turn());
    house.end(planner, two.turn());

    assertThat(house.events(worker).toString())
        .contains("marker-worker")
        .doesNotContain("marker-planner");
    assertThat(house.events(planner).toString())
        .contains("marker-planner")
        .doesNotContain("marker-worker");
  }

  @Test
  void R_LOCK_1_aSecondWriterToOneRootWaitsAndSaysForWhom() {
    var first = house.worker();
    var second = house.worker();
    var holder = house.submit(first, Script.script().hang());
    var waiter = house.submit(second, Script.script().say("after"));

    assertThat(waiter.state()).isEqualTo("queued");
    var waits = house.await(second, e -> e.path("waitsFor").path("turn").isString());
    assertThat(waits.get("waitsFor").get("turn").asString()).isEqualTo(holder.turn().value());
    assertThat(waits.get("waitsFor").get("session").asString()).isEqualTo(first.session().value());
    first.interrupt(false, null);
    house.end(second, waiter.turn());
    assertThat(house.answer(second, waiter.turn())).isEqualTo("after");
  }

  @Test
  void R_WARM_1_R_WARM_2_aFollowUpTurnUsesTheSameProcessAndThread() {
    var lane = house.worker();
    var first = house.submit(lane, Script.script().think("hm").remember("pear").whoAmI()).turn();
    house.end(lane, first);
    var second = house.submit(lane, Script.script().think("hm").recall().whoAmI()).turn();
    house.end(lane, second);

    assertThat(house.answer(lane, second)).startsWith("pear");
    assertThat(house.answer(lane, second).substring(4)).isEqualTo(house.answer(lane, first));
    assertThat(house.items(lane, second, "reasoning")).hasSize(1);
  }

  @Test
  void R_WARM_12_theSecondTurnCostsTheAgentNothingButThePrompt() {
    var lane = house.worker();
    house.end(lane, house.submit(lane, Script.script().say("one")).turn());
    var received = house.received("good");
    int starts = received.starts();
    var before = received.messages();

    house.end(lane, house.submit(lane, Script.script().say("two")).turn());

    assertThat(received.starts()).isEqualTo(starts);
    assertThat(received.messages().subList(before.size(), received.messages().size()))
        .extracting(message -> message.path("method").asString(""))
        .as("no start, no introduction, no opening of a thread")
        .containsExactly("session/prompt");
  }

  @Test
  void R_WARM_10_aThreadRowTellsAgentDriverNativeIdStatusAndPid() {
    var lane = house.worker();
    var turn = house.submit(lane, Script.script().usage(7, 3).whoAmI()).turn();
    house.end(lane, turn);

    assertThat(lane.threads())
        .singleElement()
        .satisfies(thread -> {
          assertThat(thread.agent()).isEqualTo("good");
          assertThat(thread.driver()).isEqualTo("acp");
          assertThat(house.answer(lane, turn)).contains("session=" + thread.nativeId());
          assertThat(thread.status()).isEqualTo("idle");
          assertThat(thread.pid()).isPositive();
          assertThat(thread.lastActiveAt()).isNotNull();
        });
  }

  @Test
  void R_TURN_3_stopReasonsMeanCompletedOrNot() {
    var lane = house.worker();
    for (var reason : List.of("end_turn", "max_tokens", "max_turn_requests")) {
      var turn = house.submit(lane, Script.script().stop(reason)).turn();
      assertThat(house.end(lane, turn).get("state").asString()).isEqualTo("completed");
    }
    var silent = house.submit(lane, Script.script().stopWithoutReason()).turn();
    assertThat(house.end(lane, silent).get("state").asString()).isEqualTo("completed");
    var refused = house.submit(lane, Script.script().stop("refusal")).turn();
    assertThat(house.end(lane, refused).get("state").asString()).isEqualTo("failed");
    var cancelled = house.submit(lane, Script.script().stop("cancelled")).turn();
    assertThat(house.end(lane, cancelled).get("state").asString()).isEqualTo("interrupted");
  }

  @Test
  void R_DRV_6_aToolCallIsOneItemThatKeepsItsTitle() {
    var lane = house.worker();
    var turn = house.submit(lane, Script.script().tool("t1", "execute", "make", "built")).turn();
    house.end(lane, turn);

    assertThat(house.items(lane, turn, "tool"))
        .singleElement()
        .satisfies(item -> {
          assertThat(item.get("tool").get("title").asString()).isEqualTo("make");
          assertThat(item.get("tool").get("kind").asString()).isEqualTo("execute");
          assertThat(item.get("status").asString()).isEqualTo("done");
          assertThat(item.get("output").asString()).isEqualTo("built");
        });
  }

  @Test
  void anEmptyPromptAndAnUnknownAgentAreRefusedByName() {
    var lane = house.worker();

    assertThatThrownBy(() -> house.submit(lane, "good", "")).hasMessageContaining("empty");
    assertThatThrownBy(() -> house.submit(lane, "nobody", "hi"))
        .hasMessageContaining("nobody")
        .hasMessageContaining("good");
    assertThat(house.events(lane)).isEmpty();
  }

  @Test
  void R_LANE_10_aResetClearsHistoryAndThreadUnderANewEpoch() {
    var lane = house.worker();
    var before = house.submit(lane, Script.script().remember("secret")).turn();
    house.end(lane, before);
    var epoch = house.journal.head(lane.id()).epoch();

    lane.reset();

    assertThat(house.journal.head(lane.id()).epoch()).isNotEqualTo(epoch);
    assertThat(house.journal.head(lane.id()).seq()).isZero();
    var after = house.submit(lane, Script.script().recall()).turn();
    house.end(lane, after);
    assertThat(house.answer(lane, after)).isEqualTo("nothing");
    assertThat(house.events(lane).getFirst().get("seq").asLong()).isEqualTo(1);
  }

  @Test
  void nowStopsTheRunningTurnAndGoesFirst() {
    var lane = house.worker();
    var running = house.submit(lane, Script.script().hang());
    var queued = house.submit(lane, Script.script().say("queued")).turn();
    var now =
        lane.submit(House.submission("now", "good", Script.script().say("now").prompt(), "now"));
    house.end(lane, queued);

    assertThat(started(lane)).containsExactly(running.turn(), now.turn(), queued);
    assertThat(house.end(lane, running.turn()).get("reason").asString()).isEqualTo("steered");
  }

  @Test
  void aSessionTakesItsTitleFromItsFirstPrompt() {
    var session = house.session();
    var lane = house.sessions.lane(session.id(), "main");
    house.end(lane, house.submit(lane, "good", "Fix the login page\nplease").turn());

    await()
        .untilAsserted(() ->
            assertThat(house.sessions.session(session.id()).title())
                .isEqualTo("Fix the login page"));
  }

  private static List<TurnId> started(Lane lane) {
    return house.events(lane, "turn.started").stream()
        .map(event -> new TurnId(event.get("turn").asString()))
        .toList();
  }
}
