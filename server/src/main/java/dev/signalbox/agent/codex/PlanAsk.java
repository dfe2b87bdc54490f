package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.PendingAsk;
import dev.signalbox.agent.wire.Json;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Whether a proposed plan is to be carried out. Codex asks for that in its own terminal, not on
/// the wire: its turn is over with the plan, so ours is kept open for the answer.
final class PlanAsk implements PendingAsk {
  private static final String IMPLEMENT = "implement";
  private static final List<AgentEvent.Option> OPTIONS =
      List.of(
          new AgentEvent.Option(IMPLEMENT, true, false, "Carry it out"),
          new AgentEvent.Option("keep", false, false, "Not yet"));

  private final String key;
  private final String plan;
  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile boolean approved;

  PlanAsk(String key, String plan) {
    this.key = key;
    this.plan = plan;
  }

  AgentEvent.AskOpened event() {
    return new AgentEvent.AskOpened(
        key,
        AgentEvent.AskKind.PLAN,
        title(),
        null,
        null,
        Json.object().put("plan", plan),
        null,
        OPTIONS,
        null,
        true,
        this);
  }

  /// Blocks until it was answered, or called off.
  boolean approved() throws InterruptedException {
    answered.await();
    return approved;
  }

  @Override
  public void choose(String optionId, @Nullable String note) {
    if (OPTIONS.stream().noneMatch(option -> option.id().equals(optionId))) {
      throw new IllegalArgumentException(
          "no such option: " + optionId + "; there are: implement, keep");
    }
    if (answered.getCount() > 0) {
      approved = optionId.equals(IMPLEMENT);
      answered.countDown();
    }
  }

  @Override
  public void submit(JsonNode values) {
    cancel();
  }

  @Override
  public void cancel() {
    answered.countDown();
  }

  private String title() {
    var line =
        plan.lines().map(String::strip).filter(text -> !text.isEmpty()).findFirst().orElse("Plan");
    return line.replaceFirst("^#+\\s*", "");
  }
}
