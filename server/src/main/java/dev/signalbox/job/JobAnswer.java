package dev.signalbox.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvents;
import dev.signalbox.event.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps of all that an agent tells in a job what is shown of it: its last answer, what was denied,
/// what was used. Written by the driver, read by any thread.
final class JobAnswer implements AgentEvents {
  /// Of the head, and of the tail, in characters.
  private static final int LONGEST = 32 * 1024;

  private static final int MOST_NOTES = 20;
  private static final int LONGEST_NOTE = 500;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final StringBuilder head = new StringBuilder();

  @GuardedBy("lock")
  private final StringBuilder tail = new StringBuilder();

  /// Something was lost between the two.
  @GuardedBy("lock")
  private boolean cut;

  /// The next text begins another answer.
  @GuardedBy("lock")
  private boolean over;

  @GuardedBy("lock")
  private @Nullable String messageId;

  @GuardedBy("lock")
  private final List<String> notes = new ArrayList<>();

  @GuardedBy("lock")
  private @Nullable Usage usage;

  @Override
  public void accept(AgentEvent event) {
    lock.lock();
    try {
      acceptLocked(event);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void acceptLocked(AgentEvent event) {
    switch (event) {
      case AgentEvent.Text text -> {
        if (text.parent() == null) { // what a subagent says is said to the agent
          textLocked(text);
        }
      }
      case AgentEvent.ToolCall call -> over = over || call.parent() == null;
      case AgentEvent.Notice notice -> noteLocked(notice);
      case AgentEvent.UsageReported reported ->
          usage =
              usage != null && reported.ofTurn() ? usage.plus(reported.usage()) : reported.usage();
      case AgentEvent.Reasoning _,
          AgentEvent.Plan _,
          AgentEvent.Commands _,
          AgentEvent.AskOpened _,
          AgentEvent.AskWithdrawn _,
          AgentEvent.ModeChanged _,
          AgentEvent.TitleChanged _,
          AgentEvent.Unknown _ -> {}
    }
  }

  @GuardedBy("lock")
  private void textLocked(AgentEvent.Text text) {
    if (over || (text.messageId() != null && !text.messageId().equals(messageId))) {
      head.setLength(0);
      tail.setLength(0);
      cut = false;
      over = false;
    }
    messageId = text.messageId();
    int room = Math.min(LONGEST - head.length(), text.text().length());
    head.append(text.text(), 0, room);
    tail.append(text.text(), room, text.text().length());
    if (tail.length() > 2 * LONGEST) {
      tail.delete(0, tail.length() - LONGEST);
      cut = true;
    }
  }

  @GuardedBy("lock")
  private void noteLocked(AgentEvent.Notice notice) {
    if (!notice.level().equals("info") && notes.size() < MOST_NOTES) {
      var detail = notice.detail();
      notes.add(detail.length() <= LONGEST_NOTE ? detail : detail.substring(0, LONGEST_NOTE) + "…");
    }
  }

  /// The last answer, or as much of it as there is; null when nothing was said.
  @Nullable String text() {
    lock.lock();
    try {
      if (head.isEmpty()) {
        return null;
      }
      boolean shortened = cut || tail.length() > LONGEST;
      var end = tail.substring(Math.max(0, tail.length() - LONGEST));
      return shortened ? whole(head.toString()) + "\n…\n" + whole(end) : head + end;
    } finally {
      lock.unlock();
    }
  }

  /// Without the half of a pair that a cut may leave at an end.
  private static String whole(String text) {
    int from = Character.isLowSurrogate(text.charAt(0)) ? 1 : 0;
    int to = text.length() - (Character.isHighSurrogate(text.charAt(text.length() - 1)) ? 1 : 0);
    return text.substring(from, Math.max(from, to));
  }

  List<String> notes() {
    lock.lock();
    try {
      return List.copyOf(notes);
    } finally {
      lock.unlock();
    }
  }

  @Nullable Usage usage() {
    lock.lock();
    try {
      return usage;
    } finally {
      lock.unlock();
    }
  }
}
