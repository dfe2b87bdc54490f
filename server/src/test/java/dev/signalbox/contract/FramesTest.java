package dev.signalbox.contract;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.Client.Lane;
import dev.signalbox.testkit.server.FrameSocket;
import dev.signalbox.testkit.server.ServerUnderTest;
import dev.signalbox.testkit.server.ServerUnderTest.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the frames of a lane's socket look like.
class FramesTest {
  private static final String PNG =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  private static final String COMMANDS =
      "{\"sessionUpdate\":\"available_commands_update\",\"availableCommands\":"
          + "[{\"name\":\"plan\",\"description\":\"Plans\",\"input\":{\"hint\":\"WHAT\"}},"
          + "{\"name\":\"bare\",\"description\":\"\"}]}";

  @TempDir static Path dir;
  private static ServerUnderTest server;
  private static Client client;
  private static Path project;

  private final List<FrameSocket> sockets = new ArrayList<>();
  private Lane lane;
  private int clientIds;

  @BeforeAll
  static void start() throws IOException {
    var habits = Habits.good().models("m1", "m2").modes("ask", "plan").updatesAfterNew(COMMANDS);
    var settings =
        ServerUnderTest.agentSettings("scripted", Habits.command(), habits.environment());
    server = ServerUnderTest.start(new Setup(dir, settings));
    client = server.client();
    project = Files.createDirectories(dir.resolve("project"));
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @BeforeEach
  void openLane() {
    lane = Client.lane(client.session(project), "worker");
  }

  @Test
  void R_EVT_1_everyFrameOfARichConversationIsAsTheContractSays() throws Exception {
    var socket = watch();
    richTurn(socket);
    queueTour(socket);
    end(socket, send(socket, "scripted", Script.script().say("half").crash(3).prompt()));
    end(socket, send(socket, "practice", "count 2"));
    end(socket, send(socket, "scripted", Script.script().error(-32603, "broken").prompt()));
    oddRequests(socket);
    var late = open(object().put("type", "hello").put("after", 1).put("epoch", "another"));
    late.await("reset");
    var stuck = send(socket, "scripted", Script.script().say("at first").hang().prompt());
    socket.await(frame -> isDeltaOf(frame, "at first"));
    var second = open(object().put("type", "hello").put("after", 0).put("replay", "all"));
    var delta = second.await(frame -> isDeltaOf(frame, "at first"));
    second.say(object().put("type", "item").put("item", delta.path("item").asString()));
    second.await("item");
    assertThat(second.await("welcome").at("/running/id").asString()).isEqualTo(stuck);
    socket.say(command("interrupt"));
    end(socket, stuck);

    var all = sockets.stream().flatMap(one -> one.frames().stream()).toList();
    var frames = new LaneFrames();
    assertThat(frames.violations(all)).isEmpty();
    var types = new TreeSet<>(frames.types());
    types.remove("ping"); // comes every 15 s
    assertThat(types(all)).as("nothing was left out").containsAll(types);
    sockets.forEach(FrameSocket::close);
  }

  /// One of everything an agent can tell.
  private void richTurn(FrameSocket socket) throws Exception {
    var upload = client.upload("image/png", Base64.getDecoder().decode(PNG));
    var script =
        Script.script()
            .think("Thinking.")
            .say("First. ", "m1")
            .say("Second.", "m2")
            .update(
                "{\"sessionUpdate\":\"plan\",\"entries\":[{\"content\":\"one\",\"priority\":\"high\",\"status\":\"pending\"}]}")
            .update(
                "{\"sessionUpdate\":\"plan\",\"entries\":[{\"content\":\"one\",\"priority\":\"high\",\"status\":\"completed\"}]}")
            .tool("t1", "execute", "make", "built")
            .update(
                "{\"sessionUpdate\":\"tool_call\",\"toolCallId\":\"t2\",\"title\":\"edit\",\"kind\":\"edit\",\"status\":\"in_progress\",\"rawInput\":{\"path\":\"a\"},\"locations\":[{\"path\":\"a\"}]}")
            .update(
                "{\"sessionUpdate\":\"tool_call_update\",\"toolCallId\":\"t2\",\"status\":\"completed\",\"content\":[{\"type\":\"diff\",\"path\":\"a\",\"oldText\":\"x\",\"newText\":\"y\"}]}")
            .hugeTool("t3", 200_000)
            .update(
                "{\"sessionUpdate\":\"usage_update\",\"used\":1002,\"size\":128000,\"cost\":{\"amount\":0.5,\"currency\":\"USD\"}}")
            .update("{\"sessionUpdate\":\"current_mode_update\",\"currentModeId\":\"plan\"}")
            .update("{\"sessionUpdate\":\"session_info_update\",\"title\":\"A title\"}")
            .update("{\"sessionUpdate\":\"never_heard_of\",\"x\":1}")
            .ask("t4", "execute", "rm x", "no:reject_once", "yes:allow_once")
            .say("x".repeat(100_000))
            .usage(7, 3);
    var body = turn("scripted", script.prompt()).put("model", "m2").put("mode", "ask");
    body.putArray("attachments").addObject().put("upload", upload);
    var turn = sent(socket, body);
    var ask = socket.await("ask.opened").path("ask");
    socket.say(
        command("answer")
            .put("ask", ask.path("id").asString())
            .put("hash", ask.path("hash").asString())
            .put("option", "yes")
            .put("note", "go on"));
    assertThat(end(socket, turn).path("state").asString()).isEqualTo("completed");
  }

  /// Everything that can be done to a queue.
  private void queueTour(FrameSocket socket) throws Exception {
    var busy = send(socket, "scripted", Script.script().hang().prompt());
    var first = send(socket, "scripted", Script.script().say("first").prompt());
    var second = send(socket, "scripted", Script.script().say("second").prompt());
    var third = send(socket, "scripted", Script.script().say("third").prompt());
    obeyed(socket, command("edit").put("turn", first).put("text", "edited"));
    obeyed(socket, command("edit").put("turn", third).put("before", first));
    obeyed(socket, command("withdraw").put("turn", second));
    obeyed(socket, command("interrupt"));
    end(socket, busy);
    obeyed(socket, command("queue").put("state", "run"));
    end(socket, first);
  }

  private void oddRequests(FrameSocket socket) throws Exception {
    socket.say(object().put("type", "ping"));
    socket.await("pong");
    var wrong = command("turn").put("text", "").put("agent", "scripted");
    socket.say(wrong);
    socket.await(frame ->
        frame.path("type").asString("").equals("error")
            && frame.path("clientId").equals(wrong.path("clientId")));
    socket.say(object().put("type", "item").put("item", "i_0"));
  }

  /// The same work by two agents: what is told differs in words and ids only.
  @Test
  void R_EVT_2_theKindsOfFramesAreTheSameWhicheverAgentRan() throws Exception {
    var scripted =
        Script.script()
            .update(
                "{\"sessionUpdate\":\"tool_call\",\"toolCallId\":\"c1\",\"title\":\"echo hi\",\"kind\":\"execute\",\"status\":\"pending\"}")
            .ask("c1", "execute", "echo hi", "allow:allow_once", "reject:reject_once")
            .update(
                "{\"sessionUpdate\":\"tool_call_update\",\"toolCallId\":\"c1\",\"status\":\"in_progress\",\"rawInput\":{\"command\":\"echo hi\"}}")
            .update(
                "{\"sessionUpdate\":\"tool_call_update\",\"toolCallId\":\"c1\",\"status\":\"completed\",\"rawOutput\":{\"exitCode\":0},\"content\":[{\"type\":\"content\",\"content\":{\"type\":\"text\",\"text\":\"hi\\n\"}}]}")
            .say("Done.")
            .usage(3, 4);
    var one = frames("scripted", scripted.prompt());
    lane = Client.lane(client.session(project), "worker");
    var other = frames("practice", "run echo hi");

    assertThat(types(other)).isEqualTo(types(one));
    assertThat(shapes(other)).isEqualTo(shapes(one));
    assertThat(story(other)).containsExactlyInAnyOrderElementsOf(story(one));
  }

  @Test
  void R_EVT_2_reasoningAndPlansAreToldTheSameWhicheverAgentRan() throws Exception {
    var plan =
        Script.script()
            .say("A plan.")
            .update(
                "{\"sessionUpdate\":\"plan\",\"entries\":[{\"content\":\"one\",\"priority\":\"medium\",\"status\":\"pending\"}]}")
            .update(
                "{\"sessionUpdate\":\"plan\",\"entries\":[{\"content\":\"one\",\"priority\":\"medium\",\"status\":\"completed\"}]}")
            .say("Done.")
            .usage(1, 1);
    var thought = Script.script().think("Hm.").say("Thought.").usage(1, 1);
    for (var pair :
        List.of(List.of(plan.prompt(), "plan"), List.of(thought.prompt(), "think Hm hm"))) {
      lane = Client.lane(client.session(project), "worker");
      var one = frames("scripted", pair.get(0));
      lane = Client.lane(client.session(project), "worker");
      var other = frames("practice", pair.get(1));

      assertThat(types(other)).as(pair.get(1)).isEqualTo(types(one));
      assertThat(story(other)).as(pair.get(1)).isEqualTo(story(one));
    }
  }

  /// All frames of a turn whose ask, if there is one, is allowed.
  private List<JsonNode> frames(String agent, String prompt) throws Exception {
    try (var socket = watch()) {
      var turn = send(socket, agent, prompt);
      var next = socket.await(frame -> isEnd(frame, turn) || is(frame, "ask.opened"));
      if (is(next, "ask.opened")) {
        client.answer(next.path("ask"), "allow", "allow-" + turn).ok();
      }
      end(socket, turn);
      socket.await(
          frame -> is(frame, "lane.changed") && frame.at("/state").asString("").equals("idle"));
      socket.await("commands.changed");
      return socket.frames();
    }
  }

  private static Set<String> types(List<JsonNode> frames) {
    var types = new TreeSet<String>();
    frames.forEach(frame -> types.add(frame.path("type").asString("?")));
    return types;
  }

  /// The fields of every kind of frame, of its item and of the tool in it.
  private static Set<String> shapes(List<JsonNode> frames) {
    var shapes = new TreeSet<String>();
    for (var frame : frames) {
      var item = frame.path("item");
      var type = frame.path("type").asString("?") + " " + item.path("kind").asString("");
      shapes.add(type + " " + new TreeSet<>(frame.propertyNames()));
      if (item.isObject() && !is(frame, "item.updated")) {
        shapes.add(type + " item " + new TreeSet<>(item.propertyNames()));
      }
    }
    return shapes;
  }

  /// What happened in which order, however many pieces the text came in and however often a tool
  /// told how far it was.
  private static List<String> story(List<JsonNode> frames) {
    var story = new ArrayList<String>();
    for (var frame : frames) {
      var type = frame.path("type").asString("");
      var beside =
          Set.of(
              "ack",
              "delta",
              "item.updated",
              "thread.changed",
              "commands.changed",
              "usage.changed");
      if (!beside.contains(type)) {
        story.add(
            type
                + " "
                + frame.at("/item/kind").asString("")
                + frame.at("/item/status").asString("")
                + frame.path("state").asString(""));
      }
    }
    return story;
  }

  private FrameSocket watch() throws Exception {
    return open(object().put("type", "hello"));
  }

  private FrameSocket open(ObjectNode hello) throws Exception {
    var socket = client.frames(lane);
    sockets.add(socket);
    socket.say(hello);
    socket.await("welcome");
    return socket;
  }

  private ObjectNode command(String type) {
    return object().put("type", type).put("clientId", "c" + ++clientIds + "-" + lane.id());
  }

  private ObjectNode turn(String agent, String text) {
    return command("turn").put("agent", agent).put("text", text);
  }

  private String send(FrameSocket socket, String agent, String text) throws Exception {
    return sent(socket, turn(agent, text));
  }

  private static String sent(FrameSocket socket, ObjectNode turn) throws Exception {
    return obeyed(socket, turn).at("/result/turn").asString();
  }

  private static JsonNode obeyed(FrameSocket socket, ObjectNode command) throws Exception {
    socket.say(command);
    return socket.await(
        frame -> is(frame, "ack") && frame.path("clientId").equals(command.path("clientId")));
  }

  private static JsonNode end(FrameSocket socket, String turn) throws Exception {
    return socket.await(frame -> isEnd(frame, turn));
  }

  private static boolean isEnd(JsonNode frame, String turn) {
    return is(frame, "turn.ended") && frame.path("turn").asString("").equals(turn);
  }

  private static boolean isDeltaOf(JsonNode frame, String text) {
    return is(frame, "delta") && frame.path("text").asString("").contains(text);
  }

  private static boolean is(JsonNode frame, String type) {
    return frame.path("type").asString("").equals(type);
  }
}
