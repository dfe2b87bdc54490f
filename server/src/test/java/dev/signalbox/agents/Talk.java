package dev.signalbox.agents;

import dev.signalbox.testkit.model.ModelScript;
import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.Client.Lane;
import dev.signalbox.testkit.server.LaneSocket;
import dev.signalbox.testkit.server.LaneView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// A user who talks with one agent in the worker lane of a session and watches it. For one thread.
final class Talk implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Client client;
  private final String agent;
  private final Path project;
  private final Lane lane;
  private final LaneSocket socket;

  private Talk(Client client, String agent, Path project, Lane lane) {
    this.client = client;
    this.agent = agent;
    this.project = project;
    this.lane = lane;
    this.socket = client.watch(lane);
  }

  static Talk in(Client client, String agent, Path project) {
    return new Talk(client, agent, project, Client.lane(client.session(project), "worker"));
  }

  /// As [#in], but in the lane that only reads.
  static Talk reading(Client client, String agent, Path project) {
    return new Talk(client, agent, project, Client.lane(client.session(project), "planner"));
  }

  /// The same lane, watched by another client from its beginning.
  Talk again(Client other) {
    return new Talk(other, agent, project, lane);
  }

  Path project() {
    return project;
  }

  Lane lane() {
    return lane;
  }

  LaneView view() {
    return socket.view();
  }

  /// @return the turn
  String send(ModelScript script, String words) {
    return client.prompt(lane, agent, script.in(words)).path("turn").asString();
  }

  /// @param upload an image
  String send(ModelScript script, String words, String upload) {
    var body =
        Client.object()
            .put("clientId", UUID.randomUUID().toString())
            .put("text", script.in(words))
            .put("agent", agent);
    body.putArray("attachments").addObject().put("upload", upload);
    return client.turn(lane, body).ok().path("turn").asString();
  }

  /// @param key `model` or `mode`
  String send(ModelScript script, String words, String key, String choice) {
    var body =
        Client.object()
            .put("clientId", UUID.randomUUID().toString())
            .put("text", script.in(words))
            .put("agent", agent)
            .put(key, choice);
    return client.turn(lane, body).ok().path("turn").asString();
  }

  /// Sends and waits for the end.
  JsonNode say(ModelScript script, String words) {
    return end(send(script, words));
  }

  JsonNode end(String turn) {
    return view().awaitEnd(turn, LIMIT);
  }

  boolean ended(String turn) {
    return view().facts("turn.ended").stream()
        .anyMatch(fact -> fact.path("turn").asString().equals(turn));
  }

  /// Waits for the ask of a turn about a tool of that kind, allowing what is asked before it: goose
  /// asks also to read.
  JsonNode ask(String turn, String kind) {
    long after = 0;
    while (true) {
      JsonNode fact = view().await(after, LIMIT, opened -> isAsk(opened, turn));
      JsonNode ask = fact.path("ask");
      if (isAbout(ask, kind)) {
        return ask;
      }
      client.answer(ask, Client.option(ask, "allow"), UUID.randomUUID().toString()).ok();
      after = fact.path("seq").asLong();
    }
  }

  /// Gives every ask of a turn that kind of answer, beside the test, until the turn has ended.
  void answerAll(String turn, String kind) {
    Thread.ofVirtual().start(() -> answer(turn, kind));
  }

  private void answer(String turn, String kind) {
    long after = 0;
    while (true) {
      var fact = view().next(after, LIMIT, seen -> isAsk(seen, turn) || isEnd(seen, turn));
      if (fact.isEmpty() || isEnd(fact.get(), turn)) {
        return;
      }
      after = fact.get().path("seq").asLong();
      JsonNode ask = fact.get().path("ask");
      var reply = client.answer(ask, Client.option(ask, kind), UUID.randomUUID().toString());
      if (reply.status() != 410) { // the turn may end meanwhile
        reply.ok();
      }
    }
  }

  private static boolean isAsk(JsonNode fact, String turn) {
    return fact.path("type").asString("").equals("ask.opened")
        && fact.at("/ask/turn").asString("").equals(turn);
  }

  private static boolean isEnd(JsonNode fact, String turn) {
    return fact.path("type").asString("").equals("turn.ended")
        && fact.path("turn").asString("").equals(turn);
  }

  /// The kind of a tool is the agent's word; goose says `other` for all, but names the tool.
  private static boolean isAbout(JsonNode ask, String kind) {
    String said = ask.at("/tool/kind").asString("");
    String about = ask.path("tool") + ask.path("title").asString("");
    return said.equals(kind)
        || (said.equals("other")
            && (kind.equals("execute")
                ? about.contains("shell") && !ask.toString().contains("cat '")
                : about.contains(kind)));
  }

  /// The texts of the completed items of a kind, in order. The answer's item is there before its
  /// first word, and stays empty when reasoning or a tool comes first.
  List<String> texts(String kind) {
    return view().facts("item.completed").stream()
        .map(fact -> fact.path("item"))
        .filter(item -> item.path("kind").asString("").equals(kind))
        .map(item -> item.path("text").asString(""))
        .filter(text -> !text.isEmpty())
        .toList();
  }

  /// The last completed tool item of that kind, or, where the agent does not say, of that name.
  JsonNode tool(String kind) {
    return view().facts("item.completed").stream()
        .map(fact -> fact.path("item"))
        .filter(item -> item.path("kind").asString("").equals("tool"))
        .filter(item -> isTool(item.path("tool"), kind))
        .reduce((earlier, later) -> later)
        .orElseThrow(() -> new AssertionError("no tool item of kind " + kind));
  }

  private static boolean isTool(JsonNode tool, String kind) {
    String all = tool.toString();
    return tool.path("kind").asString("").equals(kind)
        || (kind.equals("execute")
            ? all.contains("shell") || all.contains("bash")
            : all.contains(kind));
  }

  /// What is known of the agent's thread in this lane.
  JsonNode thread() {
    for (JsonNode thread :
        client.get("/api/sessions/" + lane.session() + "/lanes/" + lane.id() + "/threads").ok()) {
      if (thread.path("agent").asString("").equals(agent)) {
        return thread;
      }
    }
    throw new AssertionError("no thread of " + agent);
  }

  @Override
  public void close() {
    socket.close();
  }
}
