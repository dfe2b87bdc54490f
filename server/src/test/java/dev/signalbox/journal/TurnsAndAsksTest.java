package dev.signalbox.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.event.Answer;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.Problem;
import dev.signalbox.event.Queue;
import dev.signalbox.event.Turn;
import dev.signalbox.event.Usage;
import dev.signalbox.id.AskId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TurnsAndAsksTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path dir;
  private Desk desk;
  private LaneId lane;

  @BeforeEach
  void open() {
    desk = new Desk(dir.resolve("runtime.db"));
    lane = desk.lane();
  }

  @AfterEach
  void close() {
    desk.close();
  }

  @Test
  void R_TURN_1_aTurnsLifeIsRecordedWithItsTimes() throws Exception {
    Turn turn = desk.turn(lane, "do it", "c_1");
    var queued = desk.append(lane, new Fact.TurnQueued(turn)).getFirst();
    assertThat(desk.journal.turn(turn.id())).contains(turn);
    assertThat(desk.journal.turnByClientId(lane, "c_1"))
        .contains(new Journal.Sent(turn, queued.seq()));
    assertThat(desk.journal.turnByClientId(lane, "c_2")).isEmpty();
    assertThat(desk.journal.turnByClientId(desk.lane(), "c_1")).isEmpty();

    var started = desk.append(lane, new Fact.TurnStarted(turn.id(), "goose")).getFirst();
    Turn running = desk.journal.turn(turn.id()).orElseThrow();
    assertThat(running.state()).isEqualTo(Turn.State.RUNNING);
    assertThat(running.agent()).isEqualTo("goose");
    assertThat(running.startedAt()).isEqualTo(started.at());

    var usage = new Usage(1L, 2L, null, null, 3L, null, null, 0.5, "USD");
    var problem = new Problem("crash", "It crashed", null, "retry", null);
    var ended =
        desk.append(lane, new Fact.TurnEnded(turn.id(), Turn.State.FAILED, "crash", problem, usage))
            .getFirst();
    Turn over = desk.journal.turn(turn.id()).orElseThrow();
    assertThat(over.state()).isEqualTo(Turn.State.FAILED);
    assertThat(over.endedAt()).isEqualTo(ended.at());
    assertThat(over.reason()).isEqualTo("crash");
    assertThat(over.error()).isEqualTo(problem);
    assertThat(over.usage()).isEqualTo(usage);
    assertThat(over.text()).isEqualTo("do it");
    assertThat(desk.journal.turn(new TurnId("t_none"))).isEmpty();
  }

  @Test
  void thePromptIsExactUntilTheEndAndThenThatOfItsItem() throws Exception {
    for (String prompt : List.of("short", "😀\u0000\r\n\"".repeat(60_000))) {
      Turn turn = desk.turn(lane, prompt);
      desk.append(lane, new Fact.TurnQueued(turn));
      assertThat(desk.journal.prompt(turn.id())).isEqualTo(prompt);
      Item user = desk.item(lane, Item.Kind.USER, turn.id());
      desk.append(
          lane,
          new Fact.TurnStarted(turn.id(), "practice"),
          new Fact.ItemStarted(user),
          Desk.done(user, prompt));
      assertThat(desk.journal.prompt(turn.id())).isEqualTo(prompt);
      desk.append(
          lane, new Fact.TurnEnded(turn.id(), Turn.State.COMPLETED, "end_turn", null, null));

      assertThat(desk.journal.prompt(turn.id())).isEqualTo(prompt);
      assertThat(storedPrompt(turn.id())).isNull();
      Turn shown = desk.journal.turn(turn.id()).orElseThrow();
      assertThat(shown.text()).isEqualTo(prompt.substring(0, Characters.headOf(prompt, 65_536)));
      assertThat(shown.bytes()).isEqualTo(Characters.utf8(prompt));
    }
  }

  @Test
  void aPromptThatNoItemHasIsKept() throws Exception {
    Turn without = desk.turn(lane, "without an item");
    Turn other = desk.turn(lane, "with another text");
    Item user = desk.item(lane, Item.Kind.USER, other.id());
    desk.append(
        lane,
        new Fact.TurnQueued(without),
        new Fact.TurnQueued(other),
        new Fact.ItemStarted(user),
        Desk.done(user, "masked"),
        new Fact.TurnEnded(without.id(), Turn.State.FAILED, "x", null, null),
        new Fact.TurnEnded(other.id(), Turn.State.FAILED, "x", null, null));
    assertThat(desk.journal.prompt(without.id())).isEqualTo("without an item");
    assertThat(desk.journal.prompt(other.id())).isEqualTo("with another text");
    assertThatThrownBy(() -> desk.journal.prompt(new TurnId("t_none"))).isInstanceOf(Refused.class);
  }

  @Test
  void eventsShowTheHeadOfALongPrompt() throws Exception {
    Turn turn = desk.turn(lane, "中".repeat(50_000));
    desk.append(lane, new Fact.TurnQueued(turn));
    JsonNode event = JSON.readTree(desk.journal.events(lane, 0, 1).events().getFirst());
    assertThat(event.at("/turn/text").asString()).isEqualTo("中".repeat(21_845));
    assertThat(event.at("/turn/bytes").asLong()).isEqualTo(150_000);
    assertThat(desk.journal.unfinished(lane).queued().getFirst().text())
        .isEqualTo("中".repeat(50_000));
  }

  @Test
  void editsAndMovesOfTheQueueAreKept() throws Exception {
    Turn a = desk.turn(lane, "a");
    Turn b = desk.turn(lane, "b");
    Turn c = desk.turn(lane, "c".repeat(100_000));
    Turn d = desk.turn(lane, "d");
    desk.append(lane, new Fact.TurnQueued(a), new Fact.TurnQueued(b), new Fact.TurnQueued(c));
    Turn edited = Prompts.with(b, "bb");
    desk.append(
        lane,
        new Fact.TurnChanged(
            new Turn(
                b.id(),
                lane,
                b.state(),
                "bb",
                2,
                "goose",
                null,
                null,
                null,
                List.of(),
                b.clientId(),
                b.queuedAt(),
                null,
                null,
                null,
                null,
                null,
                null)),
        new Fact.TurnChanged(Prompts.shortened(c)),
        new Fact.QueueChanged(new Queue(true, "user", List.of(c.id(), b.id(), a.id()))),
        new Fact.TurnQueued(d),
        new Fact.TurnWithdrawn(a.id()));

    Journal.Unfinished left = desk.journal.unfinished(lane);
    assertThat(left.queued().stream().map(Turn::id)).containsExactly(c.id(), b.id(), d.id());
    assertThat(left.queued().get(0).text()).isEqualTo("c".repeat(100_000));
    assertThat(left.queued().get(1).text()).isEqualTo(edited.text());
    assertThat(left.queued().get(1).agent()).isEqualTo("goose");
    assertThat(left.held()).isTrue();
    assertThat(left.heldReason()).isEqualTo("user");
    assertThat(desk.journal.turn(a.id()).orElseThrow().state()).isEqualTo(Turn.State.WITHDRAWN);
    assertThat(desk.journal.prompt(a.id())).isEqualTo("a");
  }

  @Test
  void turnsArePagedFromTheNewest() throws Exception {
    List<Turn> turns =
        java.util.stream.IntStream.range(0, 25).mapToObj(i -> desk.turn(lane, "n" + i)).toList();
    for (Turn turn : turns) {
      desk.append(lane, new Fact.TurnQueued(turn));
    }
    List<Turn> first = desk.journal.turns(lane, null, 10);
    List<Turn> second = desk.journal.turns(lane, first.getLast().id(), 10);
    assertThat(first).isEqualTo(turns.reversed().subList(0, 10));
    assertThat(second).isEqualTo(turns.reversed().subList(10, 20));
  }

  @Test
  void theSameClientIdTwiceIsRefusedWhole() throws Exception {
    desk.append(lane, new Fact.TurnQueued(desk.turn(lane, "a", "c_1")));
    assertThatThrownBy(() -> desk.append(lane, new Fact.TurnQueued(desk.turn(lane, "b", "c_1"))))
        .hasMessageContaining("UNIQUE");
    assertThat(desk.journal.head(lane).seq()).isEqualTo(1);
  }

  @Test
  void R_ASK_5_anAskIsOpenUntilItIsClosedOnceAndItsTurnWaitsMeanwhile() throws Exception {
    Turn turn = desk.turn(lane, "go");
    Ask ask = desk.ask(lane, turn.id(), desk.ids.item());
    Ask second = desk.ask(lane, turn.id(), desk.ids.item());
    desk.append(lane, new Fact.TurnQueued(turn), new Fact.TurnStarted(turn.id(), "practice"));
    desk.append(lane, new Fact.AskOpened(ask), new Fact.AskOpened(second));
    desk.restart();

    assertThat(desk.journal.ask(ask.id())).contains(ask);
    assertThat(desk.journal.closure(ask.id())).isEmpty();
    assertThat(desk.journal.openAsks(null)).containsExactly(ask, second);
    assertThat(desk.journal.openAsks(lane)).containsExactly(ask, second);
    assertThat(desk.journal.openAsks(desk.lane())).isEmpty();
    assertThat(desk.journal.unfinished(lane).openAsks()).containsExactly(ask, second);
    assertThat(state(turn)).isEqualTo(Turn.State.WAITING);

    var answer = new Answer("y", null, null, "once", null);
    var answered = ask.withState(Ask.State.ANSWERED);
    var stored =
        desk.append(
            null,
            List.of(new Journal.Entry(lane, "c_9", new Fact.AskClosed(answered, answer, "phone"))));
    assertThat(desk.journal.closure(ask.id()))
        .contains(new Journal.AskClosure(answered, answer, "phone", "c_9", stored.getFirst().at()));
    assertThat(desk.journal.ask(ask.id())).contains(answered);
    assertThat(state(turn)).isEqualTo(Turn.State.WAITING);

    desk.append(lane, new Fact.AskClosed(second.withState(Ask.State.WITHDRAWN), null, "agent"));
    assertThat(state(turn)).isEqualTo(Turn.State.RUNNING);
    assertThat(desk.journal.openAsks(null)).isEmpty();

    desk.append(
        lane, new Fact.AskClosed(answered, new Answer("n", null, null, null, null), "late"));
    assertThat(desk.journal.closure(ask.id()).orElseThrow().by()).isEqualTo("phone");
    assertThat(desk.journal.ask(new AskId("a_none"))).isEmpty();
  }

  @Test
  void asksAreTheSameLiveAndReloaded() throws Exception {
    Turn turn = desk.turn(lane, "go");
    Ask ask = desk.ask(lane, turn.id(), desk.ids.item());
    try (Desk.Follower follower = desk.replay(lane)) {
      desk.append(lane, new Fact.AskOpened(ask));
      desk.append(
          lane,
          new Fact.AskClosed(
              ask.withState(Ask.State.ANSWERED),
              new Answer(null, null, true, null, "rather not"),
              "phone"));
      List<String> live = follower.all();
      assertThat(desk.journal.events(lane, 0, 10).events()).isEqualTo(live).hasSize(2);
      assertThat(JSON.readTree(live.get(1)).at("/ask/state").asString()).isEqualTo("answered");
      assertThat(JSON.readTree(live.get(1)).at("/answer/note").asString()).isEqualTo("rather not");
    }
  }

  private Turn.State state(Turn turn) {
    return desk.journal.turn(turn.id()).orElseThrow().state();
  }

  private String storedPrompt(TurnId turn) {
    return desk.db.<String>read(handle ->
        handle
            .createQuery("SELECT prompt FROM turn WHERE id = ?")
            .bind(0, turn.value())
            .map((row, _) -> java.util.Optional.ofNullable(row.getString(1)))
            .one()
            .orElse(null));
  }
}
