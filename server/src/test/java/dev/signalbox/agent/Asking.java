package dev.signalbox.agent;

import dev.signalbox.id.TurnId;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// A prompt that runs on a thread of its own, as a turn does.
public final class Asking {
  public static final TurnSettings AS_IS = new TurnSettings(null, null, null);

  private final BlockingQueue<Object> end = new ArrayBlockingQueue<>(1);

  private Asking() {}

  public static Asking prompt(AgentThread thread, TurnId turn, String text, AgentEvents out) {
    return prompt(thread, turn, new Prompt(text, List.of()), AS_IS, out);
  }

  public static Asking prompt(
      AgentThread thread, TurnId turn, Prompt prompt, TurnSettings settings, AgentEvents out) {
    var asking = new Asking();
    Thread.ofVirtual()
        .start(() -> {
          try {
            asking.end.add(thread.prompt(turn, prompt, settings, out));
          } catch (RuntimeException e) {
            asking.end.add(e);
          } catch (InterruptedException e) {
            asking.end.add(new IllegalStateException(e));
          }
        });
    return asking;
  }

  /// The turn's end; fails after 60 s, and throws what the prompt threw.
  public TurnResult end() throws InterruptedException {
    var ended = end.poll(60, TimeUnit.SECONDS);
    return switch (ended) {
      case TurnResult result -> result;
      case RuntimeException e -> throw e;
      case null, default -> throw new AssertionError("the turn did not end within 60 s");
    };
  }

  public boolean running() {
    return end.isEmpty();
  }
}
