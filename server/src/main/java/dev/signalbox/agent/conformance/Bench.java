package dev.signalbox.agent.conformance;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.conformance.Finding.Outcome;
import dev.signalbox.id.Ids;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one scenario works with: an empty folder, and processes that are gone when it is over. For
/// one thread.
///
/// @param folder it is the agent's to write
record Bench(
    AgentDriver driver,
    Agent agent,
    Wording wording,
    Patience patience,
    Path folder,
    Ids ids,
    List<AgentProcess> started)
    implements AutoCloseable {
  Bench(AgentDriver driver, Agent agent, Wording wording, Patience patience, Path folder, Ids ids) {
    this(driver, agent, wording, patience, folder, ids, new ArrayList<>());
  }

  AgentProcess start() throws InterruptedException {
    var process = driver.start(agent, new Launch(folder, folder, Map.of()));
    started.add(process);
    return process;
  }

  AgentThread open(AgentProcess process) throws InterruptedException {
    return process.open(settings());
  }

  AgentThread resume(AgentProcess process, String nativeId) throws InterruptedException {
    return process.resume(nativeId, settings());
  }

  private ThreadSettings settings() {
    return ThreadSettings.writing(folder);
  }

  Talk say(AgentThread thread, String prompt, Talk.Asks policy) {
    return Talk.begin(thread, ids.turn(), prompt, policy);
  }

  /// Says it and waits for the end of the turn; every ask is allowed once.
  Talk said(AgentThread thread, String prompt) throws InterruptedException {
    var talk = say(thread, prompt, Talk.Asks.ALLOW);
    talk.ends(patience.turn());
    return talk;
  }

  /// Why a turn has not completed; null when it has.
  @Nullable Outcome unlessCompleted(Talk talk) {
    if (talk.broken() != null) {
      return Outcome.fail(talk.broken().detail());
    }
    return switch (talk.result()) {
      case TurnResult.Completed _ -> null;
      case TurnResult.Failed failed -> Outcome.fail(failed.problem().detail());
      case TurnResult.Cancelled _ -> Outcome.fail("The turn ended as cancelled.");
      case null ->
          Outcome.fail("The turn did not end within %d s.".formatted(patience.turn().toSeconds()));
    };
  }

  /// Why an answer is not the one that was asked for; null when it is.
  @Nullable Outcome unlessSays(Talk talk, String expected) {
    var failed = unlessCompleted(talk);
    if (failed != null) {
      return failed;
    }
    return talk.text().toLowerCase(Locale.ROOT).contains(expected.toLowerCase(Locale.ROOT))
        ? null
        : Outcome.fail("Expected \"%s\" in the answer, got %s.".formatted(expected, brief(talk)));
  }

  static String brief(Talk talk) {
    var text = talk.text().strip().replaceAll("\\s+", " ");
    return text.isEmpty()
        ? "no text"
        : "\"" + (text.length() <= 120 ? text : text.substring(0, 120) + "…") + "\"";
  }

  boolean wrote() {
    return Files.exists(folder.resolve("made.txt"));
  }

  /// The process of the machine; empty when nothing of the agent runs.
  static Optional<ProcessHandle> handle(AgentProcess process) {
    return process.pid() <= 0 ? Optional.empty() : ProcessHandle.of(process.pid());
  }

  @Override
  public void close() {
    started.forEach(AgentProcess::close);
  }
}
