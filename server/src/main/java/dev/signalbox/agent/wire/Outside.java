package dev.signalbox.agent.wire;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.AgentEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a conversation tells while no turn runs. Commands, titles, modes and usage are states: the
/// newest of each kind is worth keeping. Text, reasoning, tool calls and plans belong to a turn;
/// with none they belong to nobody and are dropped (late ones of a turn that was interrupted, or
/// gemini's "[MODE_UPDATE]"). Safe for any thread.
public final class Outside {
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<Class<?>, AgentEvent> kept = new LinkedHashMap<>();

  @GuardedBy("lock")
  private @Nullable Consumer<AgentEvent> listener;

  public void tell(AgentEvent event) {
    switch (event) {
      case AgentEvent.Commands _,
          AgentEvent.TitleChanged _,
          AgentEvent.ModeChanged _,
          AgentEvent.UsageReported _,
          AgentEvent.Notice _ ->
          keep(event);
      case AgentEvent.Text _,
          AgentEvent.Reasoning _,
          AgentEvent.ToolCall _,
          AgentEvent.Plan _,
          AgentEvent.AskOpened _,
          AgentEvent.AskWithdrawn _,
          AgentEvent.Unknown _ -> {}
    }
  }

  /// From now on everything goes to `next`, beginning with what was kept.
  public void listen(Consumer<AgentEvent> next) {
    List<AgentEvent> waiting;
    lock.lock();
    try {
      listener = next;
      waiting = takeLocked();
    } finally {
      lock.unlock();
    }
    waiting.forEach(next);
  }

  /// What was kept because nobody listened.
  public List<AgentEvent> take() {
    lock.lock();
    try {
      return takeLocked();
    } finally {
      lock.unlock();
    }
  }

  private void keep(AgentEvent event) {
    Consumer<AgentEvent> told;
    lock.lock();
    try {
      told = listener;
      if (told == null) {
        kept.put(event.getClass(), event);
      }
    } finally {
      lock.unlock();
    }
    if (told != null) {
      told.accept(event);
    }
  }

  @GuardedBy("lock")
  private List<AgentEvent> takeLocked() {
    var all = new ArrayList<>(kept.values());
    kept.clear();
    return all;
  }
}
