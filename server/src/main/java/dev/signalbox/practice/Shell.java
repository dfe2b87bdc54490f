package dev.signalbox.practice;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Runs one shell command and shows its output as it grows. When the turn is cancelled, the command
/// and everything it started are killed before the turn ends.
final class Shell {
  private static final int MOST = 256 * 1024;
  private static final long SHOWN_EVERY_MILLIS = 100;

  private final Folder folder;
  private final Stage stage;
  private final ObjectNode tool;
  private final AtomicReference<String> output = new AtomicReference<>("");

  Shell(Folder folder, Stage stage, ObjectNode tool) {
    this.folder = folder;
    this.stage = stage;
    this.tool = tool;
  }

  int run(String line) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("sh", "-c", line)
            .directory(folder.root().toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .start();
    // A platform thread: a virtual one that blocks in a pipe keeps its carrier for good.
    var reader = Thread.ofPlatform().daemon().start(() -> read(process.getInputStream()));
    try {
      var shown = "";
      while (!process.waitFor(SHOWN_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        var now = output.get();
        if (!now.equals(shown)) {
          shown = now;
          stage.tool("tool_call_update", withOutput(tool, "in_progress", now));
        }
      }
      // A background child may hold the pipe open long after the command itself ended.
      reader.join(1_000);
      int exit = process.exitValue();
      var done = withOutput(tool, exit == 0 ? "completed" : "failed", output.get());
      done.putObject("rawOutput").put("exitCode", exit);
      stage.tool("tool_call_update", done);
      return exit;
    } catch (InterruptedException e) {
      kill(process);
      stage.toolAtEnd(withOutput(tool, "failed", output.get()));
      throw e;
    }
  }

  /// The call with its new status; output, when there is any, as its only text.
  static ObjectNode withOutput(ObjectNode tool, String status, @Nullable String output) {
    var update =
        PracticeAgent.object()
            .put("toolCallId", tool.path("toolCallId").stringValue(""))
            .put("status", status);
    if (output != null && !output.isEmpty()) {
      update
          .putArray("content")
          .addObject()
          .put("type", "content")
          .putObject("content")
          .put("type", "text")
          .put("text", output);
    }
    return update;
  }

  private void read(InputStream in) {
    var bytes = new byte[8192];
    var all = new ByteArrayOutputStream();
    try (in) {
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        // More is read and forgotten, so that the command never blocks on a full pipe.
        if (all.size() < MOST) {
          all.write(bytes, 0, Math.min(n, MOST - all.size()));
          output.set(all.toString(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      // The command was killed.
    }
  }

  private static void kill(Process process) {
    // Children first: once their parent is gone they can no longer be found through it.
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
