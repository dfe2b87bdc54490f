package dev.signalbox.practice;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.jsonrpc.Call;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One conversation: its folder, and at most one turn that runs. A cancel interrupts the turn's
/// thread; whatever it was doing ends there.
final class Conversation {
  private final Folder folder;
  private final Stage stage;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable Thread running;

  Conversation(Folder folder, Stage stage) {
    this.folder = folder;
    this.stage = stage;
  }

  /// Runs the prompt of `call` on a thread of its own, which answers it.
  ///
  /// @return false when a turn runs already; `call` is then not answered
  boolean start(Call call) {
    var thread = Thread.ofVirtual().unstarted(() -> run(call));
    lock.lock();
    try {
      if (running != null) {
        return false;
      }
      running = thread;
    } finally {
      lock.unlock();
    }
    thread.start();
    return true;
  }

  void cancel() {
    lock.lock();
    try {
      if (running != null) {
        running.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run(Call call) {
    var prompt = text(call.params().path("prompt"));
    var stopReason = "end_turn";
    try {
      stage.beginTurn();
      new Turn(folder, stage).run(prompt, images(call.params().path("prompt")));
    } catch (InterruptedException e) {
      stopReason = "cancelled";
    } catch (IOException e) {
      stage.sayAtEnd("That did not work: " + e.getMessage());
    } finally {
      // Free before it is answered: the next prompt may follow the answer at once.
      free();
      answer(call, prompt, stopReason);
    }
  }

  private void free() {
    lock.lock();
    try {
      running = null;
    } finally {
      lock.unlock();
    }
  }

  /// Usage is counted in words, because there is no model whose tokens could be counted.
  private void answer(Call call, String prompt, String stopReason) {
    long in = Stage.words(prompt);
    long out = stage.wordsOfTurn();
    var result = PracticeAgent.object().put("stopReason", stopReason);
    result
        .putObject("usage")
        .put("inputTokens", in)
        .put("outputTokens", out)
        .put("totalTokens", in + out);
    call.answer(result);
  }

  private static String text(JsonNode blocks) {
    var text = new StringBuilder();
    for (var block : blocks) {
      if (block.path("type").stringValue("").equals("text")) {
        text.append(block.path("text").stringValue(""));
      }
    }
    return text.toString();
  }

  private static int images(JsonNode blocks) {
    int count = 0;
    for (var block : blocks) {
      if (block.path("type").stringValue("").equals("image")) {
        count++;
      }
    }
    return count;
  }
}
