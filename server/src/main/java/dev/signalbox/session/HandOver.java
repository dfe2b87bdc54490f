package dev.signalbox.session;

import dev.signalbox.event.Item;
import dev.signalbox.event.Turn;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.TurnId;
import dev.signalbox.journal.Journal;
import dev.signalbox.process.Redaction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The account an agent is given of what was said in a lane without it: bounded, the newest first
/// to be kept, without reasoning and with secrets masked. Reads the journal; any thread.
final class HandOver {
  /// Longest account, in characters; about 6,000 tokens.
  static final int MOST = 24_000;

  /// Longest single entry of it.
  private static final int MOST_OF_ONE = 4_000;

  private static final int PAGE = 100;

  /// So that a lane of tools without end does not have to be read to its beginning.
  private static final int MOST_PAGES = 20;

  private static final Redaction SECRETS = Redaction.knowing(Map.of());

  private final Journal journal;

  HandOver(Journal journal) {
    this.journal = journal;
  }

  /// @param seen the last turn the agent knows of, null when it knows of none
  /// @param current the turn that is about to be prompted, which is no part of it; nor are later
  ///   ones of its agent than `seen`, which its own conversation has
  /// @return the account with its heading, empty when nothing was missed
  String account(LaneId lane, @Nullable TurnId seen, Turn current) {
    var entries = new ArrayDeque<String>();
    boolean whole = gather(lane, seen, current, entries);
    if (entries.isEmpty()) {
      return "";
    }
    if (!whole) {
      entries.addFirst("[Earlier parts are left out.]");
    }
    return heading(seen) + String.join("\n\n", entries) + "\n</conversation>\n\n";
  }

  private static String heading(@Nullable TurnId seen) {
    return seen == null
        ? "<conversation note=\"You take part in this conversation from here on. This is an account"
            + " of what was said and done before, by the user and by other agents.\">\n"
        : "<conversation note=\"Since you last spoke the conversation went on without you. This is"
            + " an account of what the user and other agents said and did.\">\n";
  }

  /// @return whether nothing had to be left out
  private boolean gather(LaneId lane, @Nullable TurnId seen, Turn current, Deque<String> entries) {
    var own = new HashSet<TurnId>();
    own.add(current.id());
    int room = MOST;
    ItemId before = null;
    for (int page = 0; page < MOST_PAGES; page++) {
      var items = journal.items(lane, before, PAGE);
      for (var item : items.items().reversed()) {
        before = item.id();
        if (seen != null && seen.equals(item.turn())) {
          return true;
        }
        if (seen != null && item.turn() != null && current.agent().equals(item.agent())) {
          own.add(item.turn()); // before its user's words, which tell no agent
        }
        var entry = own.contains(item.turn()) ? null : entry(item);
        if (entry != null) {
          room -= entry.length();
          if (room < 0) {
            return false;
          }
          entries.addFirst(entry);
        }
      }
      if (!items.more()) {
        return true;
      }
    }
    return false;
  }

  /// One item in words; null for what is not handed over.
  static @Nullable String entry(Item item) {
    return switch (item.kind()) {
      case USER -> told("User", item.text());
      case TEXT -> told(String.valueOf(item.agent()), item.text());
      case TOOL -> tool(item);
      case ERROR -> item.error() == null ? null : told("Error", item.error().detail());
      case REASONING, PLAN, TODO, ASK, REVIEW, CHANGE, CHECKPOINT, COMPACTION, NOTICE -> null;
    };
  }

  private static @Nullable String tool(Item item) {
    var tool = item.tool();
    if (tool == null) {
      return null;
    }
    var paths = tool.paths().isEmpty() ? "" : " (" + String.join(", ", tool.paths()) + ")";
    var end =
        switch (item.status()) {
          case OPEN, DONE -> tool.exitCode() == null ? "" : ", exit code " + tool.exitCode();
          case FAILED -> ", failed";
          case CANCELLED -> ", cancelled";
        };
    return cut(
        "[%s used %s: %s%s%s]".formatted(item.agent(), tool.kind(), tool.title(), paths, end));
  }

  private static @Nullable String told(String who, @Nullable String text) {
    return text == null || text.isBlank() ? null : cut(who + ": " + text.strip());
  }

  private static String cut(String text) {
    var masked = SECRETS.mask(text);
    return masked.length() <= MOST_OF_ONE ? masked : masked.substring(0, MOST_OF_ONE) + " […]";
  }
}
