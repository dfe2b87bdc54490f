package dev.signalbox.agent.claude;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvents;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Offers;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.agent.wire.Outside;
import dev.signalbox.event.Problem;
import dev.signalbox.id.TurnId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The conversation of a process. What the agent says comes on the reader thread of its line;
/// [#prompt] runs on the caller's thread, the rest on any.
///
/// The agent takes a message that comes while it is busy as a turn of its own, later; so none is
/// ever sent then, and a running turn cannot be added to ([#steer] says no).
final class ClaudeThread implements AgentThread {
  private static final long QUIET_NANOS = Duration.ofMillis(150).toNanos();
  private static final long LONGEST_SETTLING_NANOS = Duration.ofSeconds(1).toNanos();

  private final ClaudeProcess process;
  private final ClaudeChild child;
  private final ThreadSettings settings;
  private final Introduction introduction;
  private final Choices choices;
  private final Bill bill;
  private final Outside outside = new Outside();
  private final AtomicLong lastAsk = new AtomicLong();
  private final Turns turns;
  private volatile String session;

  /// The number of the last result, where the agent numbers them: one that comes twice counts once.
  private long lastResult = -1;

  /// The conversation was taken up, and the agent has not yet named it. For the reader alone.
  private boolean unproven;

  /// The turn whose prompt a new conversation got, instead of the one we know. For the reader
  /// alone.
  private @Nullable RunningTurn astray;

  private volatile @Nullable Instant limitEnds;
  private volatile long lastHeard = System.nanoTime();

  /// @param applied what the agent says of the settings in force
  ClaudeThread(Opening opening, Introduction introduction, JsonNode applied) {
    this.process = opening.process();
    this.child = opening.child();
    this.settings = opening.settings();
    this.session = opening.session();
    this.introduction = introduction;
    this.bill = new Bill(opening.fresh());
    this.unproven = !opening.fresh();
    this.turns = new Turns(process.agent());
    this.choices =
        new Choices(process.agent(), introduction.models(), applied, settings.readOnly());
  }

  /// Tells what belongs to no turn.
  void tell(AgentEvent event) {
    outside.tell(event);
  }

  Introduction introduction() {
    return introduction;
  }

  @Override
  public String nativeId() {
    return session;
  }

  @Override
  public AgentProcess process() {
    return process;
  }

  @Override
  public Offers offers() {
    return choices.offers();
  }

  @Override
  public void outside(Consumer<AgentEvent> listener) {
    outside.listen(listener);
  }

  @Override
  public TurnResult prompt(TurnId turn, Prompt prompt, TurnSettings wanted, AgentEvents out)
      throws InterruptedException {
    for (var event : outside.take()) {
      out.accept(event);
    }
    var open = process.limits().open();
    var refused = choices.apply(wanted, request -> child.line().request(request, open));
    if (refused.isPresent()) {
      return new TurnResult.Failed(refused.get(), null);
    }
    ObjectNode message;
    try {
      message = Requests.prompt(prompt);
    } catch (IOException e) {
      return new TurnResult.Failed(unreadable(e), null);
    }
    var run = turns.begin(turn, foreign -> run(turn, prompt, out, foreign));
    if (run == null) {
      return new TurnResult.Cancelled(null);
    }
    try {
      return ended(run, message);
    } finally {
      lastHeard = System.nanoTime();
      turns.finish(run);
    }
  }

  @Override
  public void interrupt(TurnId turn) {
    var run = turns.interrupted(turn);
    if (run != null) {
      stop(run);
    }
  }

  @Override
  public void settle() throws InterruptedException {
    long began = System.nanoTime();
    while (process.alive()) {
      long now = System.nanoTime();
      long left = Math.min(QUIET_NANOS - (now - lastHeard), LONGEST_SETTLING_NANOS - (now - began));
      if (left <= 0) {
        return;
      }
      Thread.sleep(Duration.ofNanos(left));
    }
  }

  @Override
  public void close() {
    if (!turns.close()) {
      return;
    }
    var run = turns.running();
    if (run != null) {
      stop(run);
      run.life().lose();
    }
    process.closeSoon();
  }

  /// The mark first: a prompt that is just being sent looks for it afterwards. Then the interrupt,
  /// and only then the asks, or the agent might go on with a "no" before it hears that it is over.
  private void stop(RunningTurn run) {
    run.life().cancel();
    child.line().post(Requests.subtype("interrupt"));
    run.cancelAsks();
  }

  /// On the reader thread.
  void message(JsonNode message) throws InterruptedException {
    lastHeard = System.nanoTime();
    var type = Json.text(message, "type", "");
    if (type.equals("result") && again(message)) {
      return;
    }
    boolean begins = type.equals("system") && Json.text(message, "subtype", "").equals("init");
    learn(message, type);
    var run = turns.current();
    if (begins) {
      identify(Json.text(message, "session_id"), run);
      unproven = false;
    }
    if (run != null && astray == run) {
      afresh(run, type);
    } else if (run != null) {
      run.message(message);
      if (begins && run.life().cancelled()) {
        child.line().post(Requests.subtype("interrupt")); // the first came before there was a pass
      }
    } else {
      alone(message, type, begins);
    }
  }

  private void learn(JsonNode message, String type) {
    var mode = Json.text(message, "permissionMode");
    if (type.equals("system") && mode != null) {
      choices.learnMode(mode);
    }
    if (type.equals("rate_limit_event")) {
      var resets = Json.number(message.path("rate_limit_info"), "resetsAt");
      limitEnds = resets == null ? limitEnds : Instant.ofEpochSecond(resets);
    }
  }

  /// What belongs to no turn.
  private void alone(JsonNode message, String type, boolean begins) {
    if (type.equals("result")) {
      var _ = bill.share(message);
    }
    if (begins || type.equals("result")) {
      turns.alone(begins);
    }
    new StreamMapping(settings.directory()).map(message).forEach(outside::tell);
  }

  private boolean again(JsonNode result) {
    var number = Json.number(result, "result_index");
    if (number == null) {
      return false;
    }
    boolean known = number <= lastResult;
    lastResult = Math.max(number, lastResult);
    return known;
  }

  /// The first line of a pass names the conversation. Another one than we know: the agent did not
  /// take up what it was asked to, or was told to forget (`/clear`).
  private void identify(@Nullable String told, @Nullable RunningTurn run)
      throws InterruptedException {
    if (told == null || told.equals(session)) {
      return;
    }
    session = told;
    var notice =
        new AgentEvent.Notice(
            "memory-lost",
            "warn",
            process.agent().title()
                + " goes on in a new conversation, without memory of the earlier one.");
    if (run == null) {
      outside.tell(notice);
      return;
    }
    run.tell(notice);
    if (unproven) {
      astray = run;
      child.line().post(Requests.subtype("interrupt"));
    }
  }

  /// The prompt of this turn went to a conversation that knows nothing: what is said there is not
  /// told, and once the agent has stopped it gets the prompt with the account it needs.
  private void afresh(RunningTurn run, String type) {
    if (type.equals("result")) {
      astray = null;
      Thread.ofVirtual()
          .name("claude-afresh")
          .start(() -> {
            try {
              var _ = child.line().prompt(Requests.prompt(run.prompt().begunAnew()));
            } catch (IOException e) {
              run.life().lose(); // it was readable a moment ago
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
  }

  /// On the reader thread. With no turn there is nobody to ask, and the answer is never a yes.
  void permission(ControlCall call) throws InterruptedException {
    lastHeard = System.nanoTime();
    var run = turns.current();
    if (run == null) {
      call.answer(Json.object().put("behavior", "deny").put("message", "There is nobody to ask."));
    } else {
      run.ask("ask-" + lastAsk.incrementAndGet(), call);
    }
  }

  /// On the reader thread.
  void withdrawn(String requestId) throws InterruptedException {
    var run = turns.current();
    if (run != null) {
      run.withdrawn(requestId);
    }
  }

  /// Nothing more will come.
  void lineEnded() {
    var run = turns.running();
    if (run != null) {
      run.life().lose();
    }
  }

  private RunningTurn run(TurnId turn, Prompt prompt, AgentEvents out, boolean foreign) {
    var life = new TurnLife(foreign, process.limits().report());
    return new RunningTurn(
        turn, prompt, out, settings.directory(), settings.readOnly(), bill, life);
  }

  private TurnResult ended(RunningTurn run, ObjectNode message) throws InterruptedException {
    boolean sent = child.line().prompt(message);
    if (sent && run.life().cancelled()) {
      child.line().post(Requests.subtype("interrupt")); // it may have gone out before the prompt
    }
    if (!sent || !child.line().open()) {
      run.life().lose();
    }
    var results = run.life().await();
    if (results.isEmpty()) {
      throw turns.closed() ? Problems.replaced(process.agent()) : child.gone();
    }
    run.end();
    return new TurnEnd(process.agent(), process.clock().instant(), limitEnds)
        .of(results, run.usage(), run.life().cancelled());
  }

  private static Problem unreadable(IOException e) {
    return new Problem("internal", "An attachment could not be read: " + e, null, "retry", null);
  }
}
