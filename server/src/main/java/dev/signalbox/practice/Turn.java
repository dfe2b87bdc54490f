package dev.signalbox.practice;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Does one command. An interrupt of its thread ends it wherever it is.
final class Turn {
  private static final Pattern AFTER_SPACE = Pattern.compile("(?<=\\s)");
  private static final int MOST_ENTRIES = 500;
  private static final int LARGEST_FILE = 256 * 1024;
  private static final long PAUSE_MILLIS = 200;

  private final Folder folder;
  private final Stage stage;

  Turn(Folder folder, Stage stage) {
    this.folder = folder;
    this.stage = stage;
  }

  void run(String prompt, int images) throws IOException, InterruptedException {
    if (images > 0) {
      stage.say("I was given " + images + " image(s), which I cannot look at.\n\n");
    }
    try {
      perform(Command.parse(prompt));
    } catch (Folder.Outside e) {
      stage.say(String.valueOf(e.getMessage()));
    }
  }

  private void perform(Command command) throws IOException, InterruptedException, Folder.Outside {
    switch (command) {
      case Command.Help _ -> stage.say(Help.all());
      case Command.ListFolder(var name) -> list(name);
      case Command.Read(var name) -> read(name);
      case Command.Write(var name, var text) -> write(name, text);
      case Command.Run(var line) -> run(line);
      case Command.Plan _ -> plan();
      case Command.Ask(var question) -> ask(question);
      case Command.Think(var text) -> think(text);
      case Command.Count(var to) -> count(to);
      case Command.Incomplete(var advice) -> stage.say(advice);
      case Command.Unknown(var word) -> stage.say(Help.unknown(word));
    }
  }

  private void list(String name) throws IOException, InterruptedException, Folder.Outside {
    var path = folder.inside(name);
    var tool = open("list " + name, "search", path);
    if (!Files.isDirectory(path)) {
      close(tool, "failed", null);
      stage.say("`" + name + "` is not a folder.");
      return;
    }
    List<String> names;
    try (var entries = Files.list(path)) {
      names =
          entries
              .limit(MOST_ENTRIES + 1L)
              .map(entry -> entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""))
              .sorted()
              .toList();
    }
    var shown = names.subList(0, Math.min(names.size(), MOST_ENTRIES));
    close(tool, "completed", String.join("\n", shown));
    if (names.isEmpty()) {
      stage.say("`" + name + "` is empty.");
      return;
    }
    stage.say("In `" + name + "`:\n\n");
    for (var entry : shown) {
      stage.say("- " + entry + "\n");
    }
    if (names.size() > MOST_ENTRIES) {
      stage.say("\n… and more; I show the first " + MOST_ENTRIES + " I met.\n");
    }
  }

  private void read(String name) throws IOException, InterruptedException, Folder.Outside {
    var path = folder.inside(name);
    var tool = open("read " + name, "read", path);
    var problem =
        !Files.isRegularFile(path)
            ? "There is no file `" + name + "`."
            : Files.size(path) > LARGEST_FILE
                ? "`" + name + "` is larger than the 256 KB I read."
                : null;
    if (problem != null) {
      close(tool, "failed", null);
      stage.say(problem);
      return;
    }
    try {
      var text = Files.readString(path);
      close(tool, "completed", text);
      stage.say("`" + name + "`:\n\n```\n" + text + (text.endsWith("\n") ? "" : "\n") + "```\n");
    } catch (CharacterCodingException e) {
      close(tool, "failed", null);
      stage.say("`" + name + "` is not UTF-8 text, so I cannot show it.");
    }
  }

  private void write(String name, String text)
      throws IOException, InterruptedException, Folder.Outside {
    var path = folder.inside(name);
    var before = Files.isRegularFile(path) ? Files.readString(path) : null;
    var tool = open("write " + name, "edit", path);
    var diff = tool.deepCopy();
    diff.putArray("content")
        .addObject()
        .put("type", "diff")
        .put("path", path.toString())
        .put("oldText", before)
        .put("newText", text + "\n");
    if (!allowed(diff)) {
      return;
    }
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
    stage.tool("tool_call_update", diff.put("status", "completed"));
    stage.say("I wrote `" + name + "`.");
  }

  private void run(String line) throws IOException, InterruptedException {
    var tool = open(line, "execute", null);
    tool.putObject("rawInput").put("command", line);
    if (allowed(tool)) {
      int exit = new Shell(folder, stage, tool).run(line);
      stage.say("The command ended with exit code " + exit + ".");
    }
  }

  private void plan() throws InterruptedException {
    var steps = List.of("Look around", "Do the work", "Check the result");
    stage.say("I have no work of my own, so this plan is only shown.");
    for (int done = 0; done <= steps.size(); done++) {
      var plan = PracticeAgent.object();
      var entries = plan.putArray("entries");
      for (int i = 0; i < steps.size(); i++) {
        entries
            .addObject()
            .put("content", steps.get(i))
            .put("priority", "medium")
            .put("status", i < done ? "completed" : i == done ? "in_progress" : "pending");
      }
      stage.plan(plan);
      Thread.sleep(PAUSE_MILLIS);
    }
    stage.say("\n\nDone.");
  }

  private void ask(String question) throws InterruptedException {
    var tool =
        PracticeAgent.object()
            .put("toolCallId", stage.newCall())
            .put("title", question)
            .put("kind", "think")
            .put("status", "pending");
    var answer = stage.ask(tool, "Yes", "No");
    stage.toolAtEnd(
        PracticeAgent.object()
            .put("toolCallId", tool.path("toolCallId").stringValue(""))
            .put("status", answer == null ? "failed" : "completed"));
    if (answer == null) {
      stage.say("You asked me to ask \"" + question + "\", but no answer came.");
    } else {
      stage.say(
          "To \"" + question + "\" you answered: " + (answer.equals("allow") ? "Yes" : "No") + ".");
    }
  }

  private void think(String text) throws InterruptedException {
    var words = AFTER_SPACE.splitAsStream(text).toList();
    for (var word : words) {
      stage.think(word);
    }
    stage.say("I thought that through.");
  }

  private void count(int to) throws InterruptedException {
    for (int i = 1; i <= to; i++) {
      stage.say(i + "\n");
      if (i < to) {
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  private ObjectNode open(String title, String kind, @Nullable Path path)
      throws InterruptedException {
    var tool =
        PracticeAgent.object()
            .put("toolCallId", stage.newCall())
            .put("title", title)
            .put("kind", kind)
            .put("status", "pending");
    if (path != null) {
      tool.putArray("locations").addObject().put("path", path.toString());
    }
    stage.tool("tool_call", tool);
    return tool;
  }

  private void close(ObjectNode tool, String status, @Nullable String output)
      throws InterruptedException {
    stage.tool("tool_call_update", Shell.withOutput(tool, status, output));
  }

  /// Asks for permission; when it is not given, the call is shown as failed and the user told.
  private boolean allowed(ObjectNode tool) throws InterruptedException {
    String answer = null;
    try {
      answer = stage.ask(tool, "Allow once", "Reject");
    } finally {
      if (!"allow".equals(answer)) {
        stage.toolAtEnd(Shell.withOutput(tool, "failed", null));
      }
    }
    if ("allow".equals(answer)) {
      stage.tool("tool_call_update", Shell.withOutput(tool, "in_progress", null));
      return true;
    }
    stage.say("You did not allow it, so I did nothing.");
    return false;
  }
}
