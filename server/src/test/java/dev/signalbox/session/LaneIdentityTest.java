package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.ThreadState;
import dev.signalbox.refusal.Refused;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// A lane is who it is from its creation: what an agent calls its own conversation, and when it
/// says so, changes nothing of it.
class LaneIdentityTest {
  @TempDir Path folder;

  private House house(Habits habits) throws IOException {
    var state = Files.createDirectories(folder.resolve("state"));
    return House.open(folder, Map.of("good", habits.state(state)), LaneSettings.DEFAULT);
  }

  @Test
  void R_NEW_3_anAgentThatTellsItsIdLateFindsTheLaneAsItIs() throws IOException {
    var commands =
        "{\"sessionUpdate\":\"available_commands_update\",\"availableCommands\":"
            + "[{\"name\":\"plan\",\"description\":\"Plans\"}]}";
    try (var house = house(Habits.good().spoil("new", "late").updatesBeforeNew(commands))) {
      var session = house.session();
      var lane = house.sessions.lane(session.id(), "worker");
      var turn = house.submit(lane, Script.script().say("here").whoAmI()).turn();
      assertThat(lane.threads()).as("nothing is known of the agent's id yet").isEmpty();
      house.end(lane, turn);

      assertThat(nativeId(lane)).isNotBlank();
      assertThat(house.answer(lane, turn)).contains("session=" + nativeId(lane));
      assertThat(house.events(lane, "commands.changed")).isNotEmpty();
      stillTheSame(house, session, lane.id().value());
      assertThat(house.events(lane))
          .allSatisfy(
              event -> assertThat(event.get("lane").asString()).isEqualTo(lane.id().value()));
    }
  }

  /// Reviews, which refer to lanes as well, come later.
  @Test
  void R_NEW_4_aClientThatFollowsALaneFollowsItThroughEveryIdItsAgentGivesIt() throws IOException {
    try (var house = house(Habits.good().spoil("resume", "fake").spoil("load", "fake"))) {
      var lane = house.worker();
      var first = house.submit(lane, Script.script().say("one")).turn();
      house.end(lane, first);
      var before = nativeId(lane);
      house.restart();
      var again = house.sessions.lane(lane.id());
      try (var _ = house.journal.follow(again.id(), () -> {})) {
        var second = house.submit(again, Script.script().say("two")).turn();
        house.end(again, second);

        assertThat(nativeId(again)).isNotEqualTo(before);
        assertThat(house.answer(again, second)).isEqualTo("two");
        await().until(() -> house.sessions.laneOfThread(nativeId(again)).id().equals(lane.id()));
      }
    }
  }

  @Test
  void R_NEW_5_R_NEW_6_anAgentsOwnIdFindsTheLaneExactly() throws IOException {
    try (var house = house(Habits.good())) {
      var one = house.worker();
      var two = house.worker();
      house.end(one, house.submit(one, Script.script().say("one")).turn());
      house.end(two, house.submit(two, Script.script().say("two")).turn());

      await().until(() -> house.sessions.laneOfThread(nativeId(two)).id().equals(two.id()));
      assertThat(house.sessions.laneOfThread(nativeId(one)).id()).isEqualTo(one.id());
      for (var unknown : List.of("", nativeId(one).substring(1), "%", "nobody")) {
        assertThatThrownBy(() -> house.sessions.laneOfThread(unknown)).isInstanceOf(Refused.class);
      }
    }
  }

  @Test
  void R_DRV_7_whatAnAgentOfferedInOneLaneIsOfferedBeforeItsFirstTurnInAnotherAlsoAfterARestart()
      throws IOException {
    var commands =
        "{\"sessionUpdate\":\"available_commands_update\",\"availableCommands\":"
            + "[{\"name\":\"plan\",\"description\":\"Plans\"}]}";
    try (var house = house(Habits.good().updatesBeforeNew(commands))) {
      var lane = house.worker();
      house.end(lane, house.submit(lane, Script.script().say("here")).turn());
      assertThat(offered(house)).containsExactly("plan");
      house.restart();
      assertThat(offered(house)).containsExactly("plan");
    }
  }

  private static List<String> offered(House house) {
    return house.registry.all().stream()
        .filter(agent -> agent.id().equals("good"))
        .flatMap(agent -> agent.commands().stream())
        .map(AgentEvent.Commands.Command::name)
        .toList();
  }

  /// `other`: it answers with another id than it was asked for. `fake`: it says it has taken up the
  /// conversation, and does not know it when the prompt comes. `refuse`: it says so at once.
  @ParameterizedTest
  @ValueSource(strings = {"other", "fake", "refuse"})
  void R_NEW_3_anAgentThatComesBackWithAnotherIdMakesNoOtherLane(String way) throws IOException {
    try (var house = house(Habits.good().spoil("resume", way).spoil("load", way))) {
      var session = house.session();
      var lane = house.sessions.lane(session.id(), "worker");
      var first = house.submit(lane, Script.script().say("one")).turn();
      house.end(lane, first);
      var epoch = house.journal.head(lane.id()).epoch();
      var before = nativeId(lane);

      house.restart();
      var again = house.sessions.lane(session.id(), "worker");
      var second = house.submit(again, Script.script().say("two").whoAmI()).turn();
      house.end(again, second);

      assertThat(nativeId(again)).isNotEqualTo(before);
      assertThat(house.answer(again, second)).contains("session=" + nativeId(again));
      assertThat(again.id()).isEqualTo(lane.id());
      assertThat(house.journal.head(again.id()).epoch()).isEqualTo(epoch);
      assertThat(again.turns(null, 10)).extracting(t -> t.id()).containsExactly(second, first);
      assertThat(again.threads()).hasSize(1);
      assertThat(house.items(again, second, "notice").toString()).contains("memory-rebuilt");
      stillTheSame(house, session, lane.id().value());

      var third = house.submit(again, Script.script().whoAmI()).turn();
      house.end(again, third);
      assertThat(house.answer(again, third)).contains("session=" + nativeId(again));
    }
  }

  private static void stillTheSame(House house, SessionView session, String worker) {
    var lanes = house.sessions.session(session.id()).lanes();
    assertThat(lanes).extracting(l -> l.name()).containsExactly("worker", "planner");
    assertThat(lanes).extracting(l -> l.id().value()).contains(worker);
    assertThat(house.sessions.list(null, null)).hasSize(1);
  }

  @Test
  void R_NEW_8_creationTellsEachLaneOnceWithItsDirectory() throws Exception {
    try (var house = house(Habits.good())) {
      var told = new ConcurrentLinkedQueue<Change.LaneCreated>();
      try (var watch =
          house.sessions.watch(change -> {
            if (change instanceof Change.LaneCreated created) {
              told.add(created);
            }
          })) {
        assertThat(watch).isNotNull();
        var session = house.session();
        var extra = house.sessions.addLane(session.id(), "extra", "chat", "read-only");
        await().until(() -> told.stream().anyMatch(c -> c.lane().equals(extra.id())));

        assertThat(told)
            .extracting(c -> c.view().name(), Change.LaneCreated::session)
            .containsExactly(
                org.assertj.core.groups.Tuple.tuple("worker", session.id()),
                org.assertj.core.groups.Tuple.tuple("planner", session.id()),
                org.assertj.core.groups.Tuple.tuple("extra", session.id()));
        assertThat(told)
            .allSatisfy(created -> {
              assertThat(created.directory()).isEqualTo(house.project.toRealPath().toString());
              assertThat(created.lane()).isEqualTo(created.view().id());
              assertThat(created.agent()).as("chosen with the first prompt").isNull();
              assertThat(created.mode()).isNull();
            });
      }
    }
  }

  @Test
  void R_NEW_10_whoKnowsOnlyTheLaneLearnsAgentModelAndMode() throws IOException {
    var habits = Habits.good().models("m1", "m2").modes("ask", "plan");
    try (var house = house(habits)) {
      var session = house.session();
      var lane = house.sessions.lane(session.id(), "worker");
      awaitSeen(house, lane, "null null null");

      var plain = house.submit(lane, Script.script().say("default")).turn();
      house.end(lane, plain);
      awaitSeen(house, lane, "good null null");
      await()
          .untilAsserted(() ->
              assertThat(lane.threads().getFirst())
                  .as("what nobody chose is the agent's own choice, and the thread says which")
                  .extracting(ThreadState::model, ThreadState::mode)
                  .containsExactly("m1", "ask"));

      var chosen =
          new Submission(
              "c", Script.script().whoAmI().prompt(), "good", "m2", "plan", null, null, null);
      var turn = lane.submit(chosen).turn();
      house.end(lane, turn);
      assertThat(house.answer(lane, turn)).contains("model=m2 mode=plan");
      awaitSeen(house, lane, "good m2 plan");

      var unnamed = house.submit(lane, Script.script().whoAmI()).turn();
      house.end(lane, unnamed);
      assertThat(house.answer(lane, unnamed)).contains("model=m2 mode=plan");
      awaitSeen(house, lane, "good m2 plan");

      var switched =
          house
              .submit(
                  lane,
                  Script.script()
                      .update(
                          "{\"sessionUpdate\":\"current_mode_update\",\"currentModeId\":\"ask\"}"))
              .turn();
      house.end(lane, switched);
      awaitSeen(house, lane, "good m2 ask");

      house.restart();
      awaitSeen(house, house.sessions.lane(lane.id()), "good m2 ask");
    }
  }

  @Test
  void R_NEW_10_aLaneThatIsNotInMemoryIsDescribedTheSame() throws IOException {
    try (var house = house(Habits.good().models("m1", "m2").modes("ask", "plan"))) {
      var session = house.session();
      var lane = house.sessions.lane(session.id(), "worker");
      house.end(
          lane,
          lane.submit(
                  new Submission(
                      "c",
                      Script.script().say("x").prompt(),
                      "good",
                      "m2",
                      "plan",
                      null,
                      null,
                      null))
              .turn());

      house.restart();

      assertThat(house.sessions.session(session.id()).lanes().getFirst())
          .extracting(v -> v.agent(), v -> v.model(), v -> v.mode())
          .containsExactly("good", "m2", "plan");
    }
  }

  private static void awaitSeen(House house, Lane lane, String chosen) {
    await().untilAsserted(() -> assertThat(seen(house, lane)).containsExactly(chosen));
  }

  /// The lane by each way to it; one entry when they agree.
  private static List<String> seen(House house, Lane lane) {
    var listed = house.sessions.session(lane.session()).lanes().stream();
    return Stream.concat(listed, Stream.of(lane.view()))
        .filter(view -> view.id().equals(lane.id()))
        .map(view -> view.agent() + " " + view.model() + " " + view.mode())
        .distinct()
        .toList();
  }

  @Test
  void R_NEW_7_noMarkerAndNoInternalNameIsShownToTheUser() throws IOException {
    try (var house = house(Habits.good().spoil("resume", "refuse").spoil("load", "refuse"))) {
      var session = house.session();
      var lane = house.sessions.lane(session.id(), "worker");
      var prompt =
          "Please tidy up\n"
              + Script.script().think("hm").tool("c1", "read", "a.txt", "A").say("ok").prompt();
      house.end(lane, house.submit(lane, "good", prompt).turn());
      var asked =
          house
              .submit(
                  lane,
                  Script.script().ask("c2", "execute", "make", "y:allow_once", "n:reject_once"))
              .turn();
      var ask = house.awaitAsk(lane);
      lane.answer(ask.id(), House.choose(ask, "y", "answer-1"));
      house.end(lane, asked);
      var stopped = house.submit(lane, Script.script().say("half").hang()).turn();
      house.awaitText(lane, "half");
      lane.interrupt(false, null);
      house.end(lane, stopped);
      house.end(lane, house.submit(lane, "missing", "hello").turn());
      house.end(lane, house.submit(lane, Script.script().say("x").crash(3)).turn());
      house.restart();
      lane = house.sessions.lane(session.id(), "worker");
      house.end(lane, house.submit(lane, Script.script().say("after")).turn());

      assertThat(house.sessions.session(session.id()).title()).isEqualTo("Please tidy up");
      var first = house.received("good").messages("session/prompt").getFirst();
      assertThat(first.path("params").path("prompt"))
          .as("the agent is given what was typed and nothing else")
          .singleElement()
          .satisfies(block -> assertThat(block.path("text").asString()).isEqualTo(prompt));
      var items = house.events(lane, "item.completed").stream().map(e -> e.get("item")).toList();
      assertThat(items)
          .filteredOn(item -> kind(item).equals("user"))
          .first()
          .satisfies(item -> assertThat(item.get("text").asString()).isEqualTo(prompt));
      var native1 = nativeId(lane);
      assertThat(items)
          .extracting(LaneIdentityTest::kind)
          .contains("reasoning", "tool", "ask", "notice", "error");
      assertThat(items)
          .filteredOn(item -> !kind(item).equals("user"))
          .allSatisfy(item ->
              assertThat(visible(item))
                  .doesNotContain(
                      "@@", "dev.signalbox", "Exception", "session/", native1, "answer-1", "null")
                  .doesNotContainPattern("\\b[a-z]_[0-9a-zA-Z]{10,}"));
    }
  }

  private static String kind(JsonNode item) {
    return item.get("kind").asString();
  }

  /// What of an item people read.
  private static String visible(JsonNode item) {
    return Stream.of(
            item.at("/text"),
            item.at("/output"),
            item.at("/tool/title"),
            item.at("/notice/detail"),
            item.at("/error/detail"),
            item.at("/error/hint"))
        .map(node -> node.asString(""))
        .reduce("", (a, b) -> a + "\n" + b);
  }

  private static String nativeId(Lane lane) {
    return String.valueOf(lane.threads().getFirst().nativeId());
  }
}
