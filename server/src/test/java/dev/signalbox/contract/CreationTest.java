package dev.signalbox.contract;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.Client.Lane;
import dev.signalbox.testkit.server.LaneSocket;
import dev.signalbox.testkit.server.ServerUnderTest;
import dev.signalbox.testkit.server.ServerUnderTest.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A lane from its creation to its first words, as a client meets it.
class CreationTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int RUNS = 100;
  private static final String COMMANDS =
      "{\"sessionUpdate\":\"available_commands_update\",\"availableCommands\":"
          + "[{\"name\":\"plan\",\"description\":\"Plans\"}]}";

  @TempDir static Path dir;
  private static ServerUnderTest server;
  private static Client client;
  private static Path project;

  @BeforeAll
  static void start() throws IOException {
    var habits = Habits.good().models("m1", "m2").modes("ask", "plan").updatesBeforeNew(COMMANDS);
    server =
        ServerUnderTest.start(
            new Setup(
                dir,
                ServerUnderTest.agentSettings("scripted", Habits.command(), habits.environment())));
    client = server.client();
    project = Files.createDirectories(dir.resolve("project"));
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  /// The agent speaks before its conversation is even open, and at once when prompted. The client
  /// comes before the prompt, after it, and in the same moment.
  @Test
  void R_NEW_2_theCreatingClientMissesNothingOfAnAgentThatSpeaksAtOnce() throws Exception {
    var script = Script.script().think("a").say("first ").say("second ").say("third").prompt();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int run = 0; run < RUNS; run++) {
        var lane = Client.lane(client.session(project), "worker");
        Future<LaneSocket> attached;
        String turn;
        if (run % 3 == 0) {
          attached = threads.submit(() -> client.watch(lane));
          attached.get();
          turn = send(lane, script);
        } else if (run % 3 == 1) {
          attached = threads.submit(() -> client.watch(lane));
          turn = send(lane, script);
        } else {
          turn = send(lane, script);
          attached = threads.submit(() -> client.watch(lane));
        }
        try (var socket = attached.get()) {
          var view = socket.view();
          assertThat(view.awaitEnd(turn, LIMIT).path("state").asString()).isEqualTo("completed");
          assertThat(view.complaints()).as("run %d", run).isEmpty();
          assertThat(text(view.facts("item.completed"))).isEqualTo("first second third");
          assertThat(view.facts("commands.changed")).as("run %d", run).isNotEmpty();
          var stored = client.journal(lane).facts().stream().map(JsonNode::toString).toList();
          var heard = view.facts();
          int common = Math.min(stored.size(), heard.size()); // a state may follow the end
          assertThat(heard.subList(0, common))
              .as("run %d", run)
              .isEqualTo(stored.subList(0, common));
        }
      }
    }
  }

  private static String send(Lane lane, String script) {
    return client.prompt(lane, "scripted", script).path("turn").asString();
  }

  private static String text(List<JsonNode> completed) {
    var text = new StringBuilder();
    for (var fact : completed) {
      if (fact.at("/item/kind").asString("").equals("text")) {
        text.append(fact.at("/item/text").asString(""));
      }
    }
    return text.toString();
  }

  @Test
  void R_NEW_8_creationTellsIdAgentDirectoryAndMode() throws Exception {
    try (var list = client.list()) {
      list.await("welcome");
      var session = client.session(project);
      for (var name : new String[] {"worker", "planner"}) {
        var created =
            list.await(frame ->
                frame.path("type").asString("").equals("lane.created")
                    && frame.path("session").equals(session.path("id"))
                    && frame.at("/view/name").asString("").equals(name));
        assertThat(created.path("lane").asString()).isEqualTo(Client.lane(session, name).id());
        assertThat(created.at("/view/id")).isEqualTo(created.path("lane"));
        assertThat(created.path("directory").asString()).isEqualTo(project.toRealPath().toString());
        assertThat(created.path("agent").isNull()).as("none was named yet: " + created).isTrue();
        assertThat(created.path("mode").isNull()).isTrue();
      }
      var further =
          client
              .post(
                  "/api/sessions/" + session.path("id").asString() + "/lanes",
                  object().put("name", "extra").put("role", "chat").put("policy", "read-only"))
              .ok();
      list.await(frame -> frame.path("lane").equals(further.path("id")));
      assertThat(list.frames("lane.created"))
          .filteredOn(frame -> frame.path("session").equals(session.path("id")))
          .as("each is told once")
          .hasSize(3);
    }
  }

  @Test
  void R_NEW_10_aFreshClientThatKnowsOnlyTheAddressLearnsAgentModelAndMode() throws Exception {
    var lane = Client.lane(client.session(project), "planner");
    var body =
        object()
            .put("clientId", "fresh-" + lane.id())
            .put("text", Script.script().say("hi").prompt())
            .put("agent", "scripted")
            .put("model", "m2")
            .put("mode", "plan");
    try (var socket = client.watch(lane)) {
      socket.view().awaitEnd(client.turn(lane, body).ok().path("turn").asString(), LIMIT);
    }

    var threads = "/api/sessions/" + lane.session() + "/lanes/" + lane.id() + "/threads";
    await().until(() -> client.get(threads).ok().at("/0/model").asString("").equals("m2"));

    try (var fresh = server.client();
        var socket = fresh.frames(lane)) {
      socket.say(object().put("type", "hello"));
      var welcome = socket.await("welcome");
      assertThat(welcome.path("lane").asString()).isEqualTo(lane.id());
      assertThat(welcome.at("/view/name").asString()).isEqualTo("planner");
      isAsChosen(welcome.path("view"));
      assertThat(welcome.at("/threads/0/agent").asString()).isEqualTo("scripted");
      assertThat(welcome.at("/threads/0/model").asString()).isEqualTo("m2");
      for (var view : fresh.get("/api/sessions/" + lane.session()).ok().path("lanes")) {
        if (view.path("id").asString().equals(lane.id())) {
          isAsChosen(view);
        }
      }
    }
  }

  private static void isAsChosen(JsonNode view) {
    assertThat(view.path("agent").asString()).isEqualTo("scripted");
    assertThat(view.path("model").asString()).isEqualTo("m2");
    assertThat(view.path("mode").asString()).isEqualTo("plan");
  }
}
