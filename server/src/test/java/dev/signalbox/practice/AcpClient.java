package dev.signalbox.practice;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.KnownAgents;
import dev.signalbox.jsonrpc.Call;
import dev.signalbox.jsonrpc.Peer;
import dev.signalbox.jsonrpc.PeerHandler;
import dev.signalbox.jsonrpc.Pending;
import dev.signalbox.jsonrpc.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A practice agent's process, started as the product starts it, and one conversation with it. For
/// one thread.
final class AcpClient implements PeerHandler, AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Process process;
  private final Peer peer;
  private final LinkedBlockingQueue<Call> asks = new LinkedBlockingQueue<>();
  private final List<JsonNode> updates = new CopyOnWriteArrayList<>();
  private String session = "";

  private AcpClient(Process process) {
    this.process = process;
    var threads = Thread.ofPlatform().daemon().factory();
    this.peer =
        Peer.start(
            process.getInputStream(),
            process.getOutputStream(),
            new Peer.Options(16 << 20, 1024, false, threads),
            this);
  }

  static AcpClient start() throws IOException {
    var argv =
        KnownAgents.with(Map.of()).stream()
            .filter(agent -> agent.name().equals("practice"))
            .map(Agent::argv)
            .findFirst()
            .orElseThrow();
    return new AcpClient(
        new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  JsonNode call(String method, ObjectNode params) throws InterruptedException {
    return result(peer.request(method, params, LIMIT));
  }

  Reply reply(String method, ObjectNode params) throws InterruptedException {
    return peer.request(method, params, LIMIT);
  }

  private static JsonNode result(Reply reply) {
    if (reply instanceof Reply.Result(JsonNode value)) {
      return value;
    }
    throw new AssertionError("no result: " + reply);
  }

  /// The commands it announced in the conversations so far.
  List<String> announced() {
    return updates.stream()
        .flatMap(update -> update.path("availableCommands").valueStream())
        .map(command -> command.path("name").asString())
        .distinct()
        .toList();
  }

  JsonNode introduce() throws InterruptedException {
    return call("initialize", object().put("protocolVersion", 1));
  }

  void converseIn(Path folder) throws InterruptedException {
    var params = object().put("cwd", folder.toString());
    params.putArray("mcpServers");
    session = call("session/new", params).path("sessionId").asString();
  }

  /// Sends a prompt and returns at once.
  Prompted begin(String text) throws InterruptedException {
    var params = object().put("sessionId", session);
    params.putArray("prompt").addObject().put("type", "text").put("text", text);
    return new Prompted(updates.size(), peer.begin("session/prompt", params, reply -> {}));
  }

  /// Sends a prompt and waits for the end of its turn.
  Prompted say(String text) throws InterruptedException {
    var prompted = begin(text);
    prompted.end();
    return prompted;
  }

  /// A turn under way, and what was told since it began.
  final class Prompted {
    private final int from;
    private final Pending pending;

    Prompted(int from, Pending pending) {
      this.from = from;
      this.pending = pending;
    }

    /// Waits for the end and gives why it came.
    String end() throws InterruptedException {
      return result(pending.await(LIMIT)).path("stopReason").asString();
    }

    /// Waits for the refusal of the prompt and gives its message.
    String refused() throws InterruptedException {
      if (pending.await(LIMIT) instanceof Reply.Refused refused) {
        return refused.message();
      }
      throw new AssertionError("it was taken");
    }

    List<JsonNode> told() {
      return updates.subList(from, updates.size());
    }

    List<JsonNode> told(String kind) {
      return told().stream()
          .filter(update -> update.path("sessionUpdate").asString("").equals(kind))
          .toList();
    }

    String text() {
      return joined("agent_message_chunk");
    }

    String thoughts() {
      return joined("agent_thought_chunk");
    }

    private String joined(String kind) {
      var text = new StringBuilder();
      told(kind).forEach(chunk -> text.append(chunk.at("/content/text").asString("")));
      return text.toString();
    }

    /// The last status its one tool call has.
    String toolStatus() {
      var status = "none";
      for (var update : told()) {
        if (update.path("sessionUpdate").asString("").startsWith("tool_call")) {
          status = update.path("status").asString(status);
        }
      }
      return status;
    }
  }

  /// The next permission the agent asks for; it waits for [#choose].
  Call ask() throws InterruptedException {
    var call = asks.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (call == null) {
      throw new AssertionError("it asked nothing");
    }
    return call;
  }

  boolean asks() {
    return !asks.isEmpty();
  }

  static void choose(Call ask, String option) {
    var answer = object();
    answer.putObject("outcome").put("outcome", "selected").put("optionId", option);
    ask.answer(answer);
  }

  void cancel() {
    peer.post("session/cancel", object().put("sessionId", session));
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  @Override
  public void notification(String method, JsonNode params) {
    updates.add(params.path("update"));
  }

  @Override
  public void request(Call call) {
    asks.add(call);
  }

  @Override
  public void oddity(Oddity oddity) {
    throw new AssertionError("not of the protocol: " + oddity);
  }

  @Override
  public void ended() {}

  @Override
  public void close() {
    peer.close();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
