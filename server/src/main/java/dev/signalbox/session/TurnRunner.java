package dev.signalbox.session;

import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.event.Problem;
import dev.signalbox.refusal.Refused;
import java.nio.file.Files;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Runs one turn on a virtual thread of its own: gets the agent's thread, gives it the prompt,
/// waits for its end. Whatever happens, it tells the lane exactly one [Message.TurnOver].
final class TurnRunner {
  private static final Logger LOG = Logger.getLogger(TurnRunner.class.getName());

  private final LaneRow lane;
  private final Surroundings around;
  private final Mailbox<Message> mailbox;

  TurnRunner(LaneRow lane, Surroundings around, Mailbox<Message> mailbox) {
    this.lane = lane;
    this.around = around;
    this.mailbox = mailbox;
  }

  /// @param text of the prompt, exactly
  /// @param nativeId of the conversation the lane has with the agent, or null
  record Start(String text, @Nullable String nativeId, Threads.Knowledge knowledge) {}

  void start(TurnRun run, Start start) {
    Thread.ofVirtual().name("turn-" + run.turn.id()).start(() -> over(run, ending(run, start)));
  }

  private void over(TurnRun run, Message.Ending ending) {
    try {
      // Through the events, so that it comes after everything the agent told.
      mailbox.tell(new Message.TurnOver(run.turn.id(), ending));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Message.Ending ending(TurnRun run, Start start) {
    try {
      return prompted(run, start);
    } catch (AgentUnavailable e) {
      return new Message.Ending.Broken(e.problem());
    } catch (Refused e) {
      return new Message.Ending.Broken(new Problem(e.code(), e.detail(), null, "retry", null));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Message.Ending.NeverStarted();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "turn=" + run.turn.id() + " failed inside Signalbox", e);
      return new Message.Ending.Broken(
          new Problem("internal", "Signalbox failed to run this turn: " + e, null, "retry", null));
    }
  }

  private Message.Ending prompted(TurnRun run, Start start) throws InterruptedException {
    var turn = run.turn;
    if (!Files.isDirectory(lane.directory())) {
      return new Message.Ending.Broken(
          new Problem(
              "folder-missing",
              "The folder " + lane.directory() + " is not there any more.",
              "Put it back, or register the project at its new place.",
              "retry",
              null));
    }
    var agent = around.registry().require(turn.agent());
    var launch = new Launch(lane.writeRoot(), lane.directory(), Map.of());
    var servers = agent.setup().servers();
    var settings = new ThreadSettings(lane.directory(), launch.readOnly(), servers);
    var pooled = around.pool().thread(lane.id(), agent, launch, settings, start.nativeId());
    var briefing = new Briefing(new HandOver(around.journal()), lane.id(), run);
    var prompt =
        briefing.prompt(start, Attachments.images(around.uploads(), turn), pooled.origin());
    var origin = run.handedOver ? "handed-over" : pooled.origin();
    mailbox.post(new Message.ThreadReady(turn.id(), pooled.thread(), origin));
    if (run.stopped) {
      return new Message.Ending.NeverStarted();
    }
    var result =
        pooled
            .thread()
            .prompt(
                turn.id(),
                prompt,
                new TurnSettings(turn.model(), turn.mode(), turn.effort()),
                event -> mailbox.tell(new Message.Told(turn.id(), event)));
    if (run.stopped) {
      pooled.thread().settle();
    }
    return new Message.Ending.Answered(result);
  }
}
