package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.jsonrpc.Reply;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// Takes one prompt through its turn, on the prompting thread.
final class Conduct {
  private static final String IMPLEMENT = "Implement the plan.";

  private final CodexProcess process;
  private final CodexThread thread;
  private final CodexTurn run;
  private final ThreadSettings settings;
  private final Choices choices;

  Conduct(
      CodexProcess process,
      CodexThread thread,
      CodexTurn run,
      ThreadSettings settings,
      Choices choices) {
    this.process = process;
    this.thread = thread;
    this.run = run;
    this.settings = settings;
    this.choices = choices;
  }

  /// @throws IOException when an attachment cannot be read; nothing was sent then
  TurnResult play(Prompt prompt, TurnSettings wanted) throws InterruptedException, IOException {
    var before = choices.with(new TurnSettings(null, null, null)).mode();
    var result = exchange(Requests.input(prompt), choices.with(wanted), run.round());
    var plan = run.plan();
    if (plan == null || settings.readOnly() || !(result instanceof TurnResult.Completed)) {
      return result;
    }
    if (!run.approves(thread.nextAsk(), plan)) {
      return run.cancelled() ? new TurnResult.Cancelled(run.usage()) : result;
    }
    var mode = before == Mode.PLAN ? Mode.USUAL : before;
    run.tell(new AgentEvent.ModeChanged(mode.id, null));
    return exchange(
        Requests.input(new Prompt(IMPLEMENT, List.of())),
        choices.with(new TurnSettings(null, mode.id, null)),
        run.another());
  }

  private TurnResult exchange(ArrayNode input, Choices.Chosen chosen, Round round)
      throws InterruptedException {
    if (!thread.running().quiet(thread.nativeId())) {
      return new TurnResult.Failed(Troubles.busy(process.agent()), null);
    }
    var refused = started(input, chosen, round);
    if (refused instanceof Reply.Refused known
        && thread.unproven()
        && Troubles.unknownThread(known)) {
      thread.startAfresh();
      run.tell(
          new AgentEvent.Notice(
              "memory-lost",
              "warn",
              process.agent().title() + " does not know the earlier conversation any more."));
      refused = started(input, chosen, round);
    }
    if (refused instanceof Reply.Refused known) {
      round.end(new Round.End.Closed());
      run.end();
      return run.cancelled()
          ? new TurnResult.Cancelled(null)
          : new TurnResult.Failed(process.problem(known), null);
    }
    thread.proven();
    choices.took(chosen);
    return ended(round.await());
  }

  /// Begins a turn of Codex's, unless it was cancelled meanwhile.
  private Reply started(ArrayNode input, Choices.Chosen chosen, Round round)
      throws InterruptedException {
    if (run.cancelled()) {
      return new Reply.Refused(0, "cancelled", null);
    }
    var params =
        Requests.turn(thread.nativeId(), input, chosen, settings, choices.writingSandbox());
    var limit = process.limits().open();
    var pending = process.peer().begin("turn/start", params, answer -> thread.begun(round, answer));
    round.sent(pending);
    var reply = pending.await(limit);
    return switch (reply) {
      case Reply.Result _, Reply.Refused _ -> reply;
      case Reply.TimedOut _ -> throw process.silent("turn/start", limit);
      case Reply.Gone _ -> throw ended();
    };
  }

  private TurnResult ended(Round.End end) throws InterruptedException {
    return switch (end) {
      case Round.End.Told(var turn) -> {
        run.end();
        var result = result(turn);
        if (result instanceof TurnResult.Cancelled) {
          thread.running().endCommands(thread.nativeId(), run);
        }
        yield result;
      }
      case Round.End.Gone _, Round.End.Closed _ -> throw ended();
    };
  }

  private AgentUnavailable ended() throws InterruptedException {
    return thread.isClosed() ? Problems.replaced(process.agent()) : process.gone();
  }

  private TurnResult result(JsonNode turn) {
    var usage = run.usage();
    if (run.cancelled()) {
      return new TurnResult.Cancelled(usage);
    }
    return switch (Json.text(turn, "status", "completed")) {
      case "interrupted" -> new TurnResult.Cancelled(usage);
      case "failed" ->
          new TurnResult.Failed(
              Troubles.of(
                  process.agent(), turn.path("error"), process.useLimits().resetsAt().orElse(null)),
              usage);
      default -> new TurnResult.Completed("end_turn", usage);
    };
  }
}
