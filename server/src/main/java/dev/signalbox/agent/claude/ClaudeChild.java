package dev.signalbox.agent.claude;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Problem;
import dev.signalbox.process.Child;
import dev.signalbox.process.Exit;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// A running child, the line to it, and the one conversation in it. Safe for any thread.
final class ClaudeChild implements ClaudeLine.Listener {
  /// How long after the line broke the process may take to be gone.
  private static final long END_MILLIS = 2_000;

  private static final String BROKE_OFF = "it broke off the connection";

  private final Agent agent;
  private final Child child;
  private final ClaudeLine line;
  private final CountDownLatch gone = new CountDownLatch(1);
  private volatile @Nullable ClaudeThread thread;

  /// What the agent said went wrong before there was a conversation.
  private volatile String lastError = "";

  /// We ended it: what the line does from then on is no news.
  private volatile boolean ending;

  /// The line broke without us, so that its end is a crash, also when we had to help.
  private volatile boolean brokeOff;

  ClaudeChild(Agent agent, Child child) {
    this.agent = agent;
    this.child = child;
    child.onExit(exit -> gone.countDown());
    this.line = new ClaudeLine(child, this);
    line.start();
  }

  Agent agent() {
    return agent;
  }

  ClaudeLine line() {
    return line;
  }

  long pid() {
    return child.pid();
  }

  boolean alive() {
    // The machine knows of a kill a moment before the line and the child do.
    return !ending
        && line.open()
        && child.exit().isEmpty()
        && ProcessHandle.of(child.pid()).map(ProcessHandle::isAlive).orElse(false);
  }

  long residentBytes() {
    return child.residentBytes();
  }

  void onEnd(Consumer<AgentProcess.ProcessEnd> listener) {
    child.onExit(exit ->
        listener.accept(
            new AgentProcess.ProcessEnd(
                exit.intended() && !brokeOff, exit.code(), reason(exit), child.stderrTail())));
  }

  /// From now on what the agent says goes to `thread`.
  void holds(ClaudeThread thread) {
    this.thread = thread;
  }

  /// Asks what must be answered before there is a conversation.
  ///
  /// @throws AgentUnavailable when it is not
  JsonNode require(ObjectNode request, Duration limit) throws InterruptedException {
    var step = Json.text(request, "subtype", "");
    return switch (line.request(request, limit)) {
      case ControlReply.Success(var response) -> response;
      case ControlReply.Refused(var error) ->
          throw new AgentUnavailable(Problems.told(agent, 0, error, null));
      case ControlReply.TimedOut _ -> throw Problems.silent(agent, step, limit, child.stderrTail());
      case ControlReply.Gone _ -> throw gone();
    };
  }

  /// As [#require], for what a version may not know: nothing then.
  JsonNode ask(ObjectNode request, Duration limit) throws InterruptedException {
    return line.request(request, limit) instanceof ControlReply.Success(var response)
        ? response
        : MissingNode.getInstance();
  }

  /// Why the line broke under a request. Waits a moment for the process's own last word.
  AgentUnavailable gone() throws InterruptedException {
    if (ending) {
      return Problems.replaced(agent);
    }
    var _ = gone.await(END_MILLIS + 1_000, TimeUnit.MILLISECONDS);
    if (!lastError.isEmpty()) {
      return new AgentUnavailable(refusal(lastError));
    }
    var how = child.exit().map(this::reason).orElse(BROKE_OFF);
    return Problems.crashed(agent, how, child.stderrTail());
  }

  /// It said why it ended, before there was a conversation.
  private Problem refusal(String said) {
    return said.contains("No conversation found")
        ? new Problem(
            "agent-unavailable",
            agent.title() + " does not know the earlier conversation any more.",
            null,
            null,
            null)
        : Problems.told(agent, 0, said, null);
  }

  void kill() {
    ending = true;
    line.close();
    child.kill();
    child.close();
  }

  void close() {
    ending = true;
    line.close();
    child.close();
  }

  /// As [#close], but never blocks.
  void closeSoon() {
    ending = true;
    line.close();
    Thread.ofVirtual().name("claude-close-" + child.pid()).start(child::close);
  }

  @Override
  public void message(JsonNode message) throws InterruptedException {
    var told = thread;
    if (told != null) {
      told.message(message);
    } else if (Json.text(message, "type", "").equals("result") && Json.flag(message, "is_error")) {
      lastError = TurnEnd.said(message);
    }
  }

  /// Nothing but permissions is offered, so everything else is refused.
  @Override
  public void request(ControlCall call) throws InterruptedException {
    var told = thread;
    if (!call.subtype().equals("can_use_tool")) {
      call.refuse("Not supported: " + call.subtype());
    } else if (told == null) {
      call.answer(Json.object().put("behavior", "deny").put("message", "There is nobody to ask."));
    } else {
      told.permission(call);
    }
  }

  @Override
  public void withdrawn(String requestId) throws InterruptedException {
    var told = thread;
    if (told != null) {
      told.withdrawn(requestId);
    }
  }

  /// The agent closed its output. Most are gone in the same moment; one that stays is of no use.
  @Override
  public void ended() {
    brokeOff = !ending && !child.endAskedFor();
    var told = thread;
    if (told != null) {
      told.lineEnded();
    }
    Thread.ofVirtual()
        .name("claude-end-" + child.pid())
        .start(() -> {
          try {
            if (!gone.await(END_MILLIS, TimeUnit.MILLISECONDS) && brokeOff) {
              child.kill();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private String reason(Exit exit) {
    if (brokeOff && exit.intended()) {
      return BROKE_OFF; // the signal was ours
    }
    return exit.signal() != null ? "signal " + exit.signal() : "exit code " + exit.code();
  }
}
