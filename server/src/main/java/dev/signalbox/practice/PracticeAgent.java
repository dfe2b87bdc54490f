package dev.signalbox.practice;

import dev.signalbox.jsonrpc.Call;
import dev.signalbox.jsonrpc.Peer;
import dev.signalbox.jsonrpc.PeerHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Answers the agent's side of ACP v1: many conversations in one process, each with one turn at a
/// time on a virtual thread of its own.
final class PracticeAgent implements PeerHandler {
  private static final int BUSY = -32600;
  private static final int NO_SUCH_SESSION = -32002;

  private final ConcurrentHashMap<String, Conversation> conversations = new ConcurrentHashMap<>();
  private final CountDownLatch attached = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Peer peer;

  /// Must be called once; requests wait for it.
  void attach(Peer line) {
    peer = line;
    attached.countDown();
  }

  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  @Override
  public void request(Call call) throws InterruptedException {
    switch (call.method()) {
      case "initialize" -> call.answer(introduction());
      case "session/new" -> begin(call);
      case "session/prompt" -> prompt(call);
      case "session/close" -> {
        var conversation = conversations.remove(session(call.params()));
        if (conversation != null) {
          conversation.cancel();
        }
        call.answer(object());
      }
      default -> call.refuse(Call.METHOD_NOT_FOUND, "Method not found: " + call.method());
    }
  }

  @Override
  public void notification(String method, JsonNode params) {
    var conversation = conversations.get(session(params));
    if (method.equals("session/cancel") && conversation != null) {
      conversation.cancel();
    }
  }

  @Override
  public void oddity(Oddity oddity) {
    System.err.println("practice agent: skipped a line: " + oddity.kind());
  }

  @Override
  public void ended() {
    conversations.values().forEach(Conversation::cancel);
    ended.countDown();
  }

  private static ObjectNode introduction() {
    var answer = object().put("protocolVersion", 1);
    var capabilities = answer.putObject("agentCapabilities").put("loadSession", false);
    capabilities.putObject("promptCapabilities").put("image", true).put("embeddedContext", true);
    capabilities.putObject("sessionCapabilities").putObject("close");
    answer
        .putObject("agentInfo")
        .put("name", "signalbox-practice")
        .put("title", "Practice agent")
        .put("version", "1");
    answer.putArray("authMethods");
    return answer;
  }

  private void begin(Call call) throws InterruptedException {
    var cwd = call.params().path("cwd").stringValue("");
    Folder folder;
    try {
      var path = Path.of(cwd);
      if (!path.isAbsolute() || !Files.isDirectory(path)) {
        call.refuse(Call.INVALID_PARAMS, "cwd is not an absolute path of a folder: " + cwd);
        return;
      }
      folder = new Folder(path.toRealPath());
    } catch (InvalidPathException | IOException e) {
      call.refuse(Call.INVALID_PARAMS, "cwd cannot be used: " + cwd);
      return;
    }
    var id = UUID.randomUUID().toString();
    var stage = new Stage(line(), id);
    conversations.put(id, new Conversation(folder, stage));
    call.answer(object().put("sessionId", id));
    stage.announceCommands();
  }

  private void prompt(Call call) {
    var conversation = conversations.get(session(call.params()));
    if (conversation == null) {
      call.refuse(NO_SUCH_SESSION, "No such session: " + session(call.params()));
    } else if (!conversation.start(call)) {
      call.refuse(BUSY, "A turn is running in this session");
    }
  }

  private Peer line() throws InterruptedException {
    attached.await();
    var line = peer;
    if (line == null) {
      throw new IllegalStateException("not attached");
    }
    return line;
  }

  private static String session(JsonNode params) {
    return params.path("sessionId").stringValue("");
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
