package dev.signalbox.testkit.agent;

import dev.signalbox.jsonrpc.Call;
import dev.signalbox.jsonrpc.Peer;
import dev.signalbox.jsonrpc.PeerHandler;
import dev.signalbox.jsonrpc.Reply;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An agent that does what a few plain English sentences say, as a model would: says a word,
/// counts, writes a file after asking, remembers a word for as long as its home is there. A process
/// that speaks ACP over its standard streams.
public final class PlainAgent implements PeerHandler {
  private static final Pattern SAY = Pattern.compile("Reply with exactly one word.*: (\\w+)");
  private static final Pattern REMEMBER = Pattern.compile("Remember this word for later: (\\w+)");
  private static final Pattern WRITE = Pattern.compile("file named (\\S+) .*the word (\\w+)");
  private static final Pattern COUNT = Pattern.compile("Count from 1 to (\\d+)");

  private final Map<String, Path> folders = new ConcurrentHashMap<>();
  private final Map<String, Thread> turns = new ConcurrentHashMap<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Path memory;
  private volatile Peer peer;

  private PlainAgent(Path memory) {
    this.memory = memory;
  }

  /// The command that starts one.
  public static List<String> command() {
    var command = new java.util.ArrayList<>(Habits.command());
    command.set(command.size() - 1, PlainAgent.class.getName());
    return command;
  }

  public static void main(String[] args) throws Exception {
    var agent =
        new PlainAgent(Files.createDirectories(Path.of(System.getenv("HOME"), ".plain-agent")));
    var threads = Thread.ofPlatform().factory();
    agent.peer =
        Peer.start(
            new FileInputStream(FileDescriptor.in),
            new FileOutputStream(FileDescriptor.out),
            new Peer.Options(1 << 20, 64, false, threads),
            agent);
    agent.ended.await();
    System.exit(0);
  }

  @Override
  public void request(Call call) {
    var session = call.params().path("sessionId").asString("");
    switch (call.method()) {
      case "initialize" -> call.answer(introduction());
      case "session/new" -> {
        var id = UUID.randomUUID().toString();
        folders.put(id, Path.of(call.params().path("cwd").asString("/")));
        call.answer(object().put("sessionId", id));
      }
      case "session/resume" -> {
        if (Files.exists(memory.resolve(session))) {
          folders.put(session, Path.of(call.params().path("cwd").asString("/")));
          call.answer(object());
        } else {
          call.refuse(-32002, "Resource not found");
        }
      }
      case "session/prompt" -> {
        var turn = Thread.ofVirtual().unstarted(() -> turn(call, session));
        turns.put(session, turn);
        turn.start();
      }
      default -> call.refuse(Call.METHOD_NOT_FOUND, call.method());
    }
  }

  @Override
  public void notification(String method, JsonNode params) {
    var turn = turns.get(params.path("sessionId").asString(""));
    if (method.equals("session/cancel") && turn != null) {
      turn.interrupt();
    }
  }

  @Override
  public void oddity(Oddity oddity) {
    System.err.println(oddity);
  }

  @Override
  public void ended() {
    ended.countDown();
  }

  private static ObjectNode introduction() {
    var answer = object().put("protocolVersion", 1);
    answer.putObject("agentCapabilities").putObject("sessionCapabilities").putObject("resume");
    answer.putObject("agentInfo").put("name", "plain").put("version", "1.2.3");
    return answer;
  }

  private void turn(Call call, String session) {
    var stopReason = "end_turn";
    try {
      obey(session, call.params().path("prompt").path(0).path("text").asString(""));
    } catch (InterruptedException e) {
      stopReason = "cancelled";
    } catch (IOException e) {
      stopReason = "refusal";
    }
    call.answer(object().put("stopReason", stopReason));
  }

  private void obey(String session, String prompt) throws InterruptedException, IOException {
    var say = SAY.matcher(prompt);
    var remember = REMEMBER.matcher(prompt);
    var write = WRITE.matcher(prompt);
    var count = COUNT.matcher(prompt);
    if (say.find()) {
      say(session, say.group(1) + ".");
    } else if (remember.find()) {
      Files.writeString(memory.resolve(session), remember.group(1));
      say(session, "OK");
    } else if (prompt.startsWith("Which word")) {
      var word = memory.resolve(session);
      say(session, Files.exists(word) ? Files.readString(word) : "I do not know.");
    } else if (write.find()) {
      write(session, write.group(1), write.group(2));
    } else {
      int to = count.find() ? Integer.parseInt(count.group(1)) : 400;
      for (int n = 1; n <= to; n++) {
        say(session, n + "\n");
        Thread.sleep(to > 30 ? 50 : 5);
      }
    }
  }

  private void write(String session, String file, String word)
      throws InterruptedException, IOException {
    var ask = object().put("sessionId", session);
    ask.putObject("toolCall").put("toolCallId", "c1").put("title", "Write " + file);
    var options = ask.putArray("options");
    options.addObject().put("optionId", "y").put("name", "Yes").put("kind", "allow_once");
    options.addObject().put("optionId", "n").put("name", "No").put("kind", "reject_once");
    if (peer.request("session/request_permission", ask, null) instanceof Reply.Result(var answer)
        && answer.path("outcome").path("optionId").asString("").equals("y")) {
      Files.writeString(folders.get(session).resolve(file), word);
      say(session, "Written.");
    } else {
      say(session, "Then not.");
    }
  }

  private void say(String session, String text) throws InterruptedException {
    var params = object().put("sessionId", session);
    var update = params.putObject("update").put("sessionUpdate", "agent_message_chunk");
    update.putObject("content").put("type", "text").put("text", text);
    peer.send("session/update", params);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
