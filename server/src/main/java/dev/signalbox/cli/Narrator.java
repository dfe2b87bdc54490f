package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Tells a lane for people: the answer as it grows, reasoning indented behind a bar, tools and
/// plans as short lines, asks whole.
///
/// Text that was printed stays printed: of every growing field only what lies beyond is added, so
/// that frames may come twice.
final class Narrator implements Telling {
  /// The rest of a growing field, for what went by while nobody was connected.
  @FunctionalInterface
  interface Grown {
    /// @param from in UTF-16 units
    /// @return from there on, as far as it goes; empty when there is no more
    String read(String item, String field, long from) throws InterruptedException;
  }

  /// An item that was begun.
  private static final class Progress {
    final String kind;
    long printed;
    String shown = "";

    Progress(String kind) {
      this.kind = kind;
    }
  }

  private final PrintStream out;
  private final Predicate<JsonNode> wanted;
  private final boolean prompts;
  private final Grown grown;
  private final Map<String, Progress> items = new HashMap<>();
  private @Nullable String writing;
  private boolean lineIsOpen;
  private boolean paragraphIsOpen;

  /// @param wanted whether an item belongs to what is followed
  /// @param prompts whether to print prompts
  Narrator(PrintStream out, Predicate<JsonNode> wanted, boolean prompts, Grown grown) {
    this.out = out;
    this.wanted = wanted;
    this.prompts = prompts;
    this.grown = grown;
  }

  @Override
  public void tell(JsonNode frame) throws InterruptedException {
    switch (text(frame, "type")) {
      case "item.started", "item.updated" -> begin(frame.path("item"));
      case "item.completed" -> complete(frame.path("item"));
      case "delta" ->
          grow(
              text(frame, "item"),
              text(frame, "field"),
              frame.path("at").asLong(0),
              text(frame, "text"));
      case "reset" -> {
        line("[history] the lane was reset; this is what it has now");
        items.clear();
        for (var item : frame.path("items")) {
          complete(item);
        }
      }
      case "ask.opened" -> {
        if (wanted.test(frame.path("ask"))) {
          AskCard.lines(frame.path("ask")).forEach(this::line);
        }
      }
      case "ask.closed" -> closed(frame);
      default -> {}
    }
    out.flush();
  }

  /// An item as it is now, which may be open.
  void show(JsonNode item) throws InterruptedException {
    if (text(item, "status").equals("open")) {
      begin(item);
    } else {
      complete(item);
    }
  }

  private void begin(JsonNode item) {
    if (!wanted.test(item)) {
      return;
    }
    var progress = items.computeIfAbsent(text(item, "id"), id -> new Progress(text(item, "kind")));
    var line = ItemLine.begun(item);
    if (!line.isEmpty() && !line.equals(progress.shown)) {
      progress.shown = line;
      line(line);
    }
  }

  private void complete(JsonNode item) throws InterruptedException {
    if (!wanted.test(item)) {
      return;
    }
    begin(item);
    var id = text(item, "id");
    var progress = items.remove(id);
    if (progress == null) {
      return;
    }
    if (isProse(progress)) {
      finish(id, item, progress);
    } else {
      var line = ItemLine.ended(item, prompts);
      if (!line.isEmpty() && !line.equals(progress.shown)) {
        line(line);
      }
    }
    if (id.equals(writing)) {
      endLine();
    }
  }

  private void finish(String id, JsonNode item, Progress progress) throws InterruptedException {
    if (item.path("truncated").asBoolean(false)) {
      catchUp(id, "text", progress, Long.MAX_VALUE);
      return;
    }
    var text = text(item, "text");
    if (text.length() > progress.printed) {
      write(id, progress, text.substring((int) progress.printed));
    }
  }

  private void grow(String id, String field, long at, String text) throws InterruptedException {
    var progress = items.get(id);
    if (progress == null || !field.equals("text") || !isProse(progress)) {
      return; // of an item nobody wants, or the output of a tool, which is not told
    }
    if (at > progress.printed) {
      catchUp(id, field, progress, at);
    }
    if (at <= progress.printed && at + text.length() > progress.printed) {
      write(id, progress, text.substring((int) (progress.printed - at)));
    }
  }

  private void catchUp(String id, String field, Progress progress, long to)
      throws InterruptedException {
    while (progress.printed < to) {
      var more = grown.read(id, field, progress.printed);
      if (more.isEmpty()) {
        return;
      }
      write(id, progress, more);
    }
  }

  private static boolean isProse(Progress progress) {
    return progress.kind.equals("text") || progress.kind.equals("reasoning");
  }

  private void write(String id, Progress progress, String text) {
    progress.printed += text.length();
    if (!id.equals(writing)) {
      endLine();
      if (paragraphIsOpen) {
        out.println();
      }
      writing = id;
    }
    var plain = Plain.text(text);
    if (progress.kind.equals("reasoning")) {
      quote(plain);
    } else {
      out.print(plain);
      lineIsOpen = plain.isEmpty() ? lineIsOpen : !plain.endsWith("\n");
    }
    paragraphIsOpen = true;
  }

  private void quote(String text) {
    for (int at = 0; at < text.length(); ) {
      int newline = text.indexOf('\n', at);
      int end = newline < 0 ? text.length() : newline + 1;
      out.print((lineIsOpen ? "" : "  : ") + text.substring(at, end));
      lineIsOpen = newline < 0;
      at = end;
    }
  }

  private void closed(JsonNode frame) {
    var ask = frame.path("ask");
    if (wanted.test(ask)) {
      line(ItemLine.closed(ask, frame));
    }
  }

  /// A line of its own.
  void line(String line) {
    endLine();
    out.println(line);
    paragraphIsOpen = false;
  }

  @Override
  public void endLine() {
    if (lineIsOpen) {
      out.println();
      lineIsOpen = false;
    }
    writing = null;
  }
}
