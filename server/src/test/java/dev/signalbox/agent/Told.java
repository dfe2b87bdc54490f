package dev.signalbox.agent;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Keeps what an agent told in a turn, and can act on it as a lane would.
public final class Told implements AgentEvents {
  private final List<AgentEvent> events = new CopyOnWriteArrayList<>();
  private final Consumer<AgentEvent> reaction;

  public Told() {
    this(event -> {});
  }

  /// @param reaction called on the reader thread with every event
  public Told(Consumer<AgentEvent> reaction) {
    this.reaction = reaction;
  }

  /// Answers every ask with the first option that allows (or rejects) once.
  public static Told answering(boolean allow) {
    return new Told(event -> {
      if (event instanceof AgentEvent.AskOpened ask) {
        ask.pending().choose(once(ask, allow).id(), null);
      }
    });
  }

  public static AgentEvent.Option once(AgentEvent.AskOpened ask, boolean allow) {
    return ask.options().stream()
        .filter(option -> option.allows() == allow && !option.lasting())
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void accept(AgentEvent event) {
    events.add(event);
    reaction.accept(event);
  }

  public List<AgentEvent> events() {
    return List.copyOf(events);
  }

  public <T extends AgentEvent> List<T> all(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  public String text() {
    return all(AgentEvent.Text.class).stream()
        .map(AgentEvent.Text::text)
        .collect(Collectors.joining());
  }

  public String reasoning() {
    return all(AgentEvent.Reasoning.class).stream()
        .map(AgentEvent.Reasoning::text)
        .collect(Collectors.joining());
  }

  /// The last word on a tool call.
  public AgentEvent.ToolCall tool(String callId) {
    return all(AgentEvent.ToolCall.class).stream()
        .filter(call -> call.callId().equals(callId))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  /// Waits until an event of that type was told, and gives the first.
  public <T extends AgentEvent> T first(Class<T> type) {
    await().atMost(Duration.ofSeconds(60)).until(() -> !all(type).isEmpty());
    return all(type).getFirst();
  }

  public void until(Predicate<Told> condition) {
    await().atMost(Duration.ofSeconds(60)).until(() -> condition.test(this));
  }
}
