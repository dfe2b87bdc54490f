package dev.signalbox.agent.conformance;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.conformance.Finding.Outcome;
import dev.signalbox.id.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/// The scenarios every agent is tried with, each with a process of its own in an empty folder. For
/// one thread at a time.
public final class Conformance {
  private final AgentDriver driver;
  private final Agent agent;
  private final Wording wording;
  private final Patience patience;
  private final Path folder;
  private final Ids ids = new Ids(InstantSource.system());

  /// @param folder takes the folders the agent works in; must exist
  public Conformance(
      AgentDriver driver, Agent agent, Wording wording, Patience patience, Path folder) {
    this.driver = driver;
    this.agent = agent;
    this.wording = wording;
    this.patience = patience;
    this.folder = folder;
  }

  /// The short names of all scenarios, in the order in which they are best run.
  public static List<String> scenarios() {
    return Scenario.ALL.stream().map(Scenario::name).toList();
  }

  /// Runs one scenario; blocks for as long as it takes, some minutes at most. Nothing of the agent
  /// runs afterwards.
  ///
  /// @throws IllegalArgumentException when there is no such scenario
  public Finding run(String scenario) throws InterruptedException {
    var found =
        Scenario.ALL.stream()
            .filter(each -> each.name().equals(scenario))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no scenario " + scenario));
    long began = System.nanoTime();
    var outcome = outcome(found);
    return new Finding(
        found.name(),
        found.title(),
        outcome.verdict(),
        outcome.detail(),
        (System.nanoTime() - began) / 1_000_000);
  }

  private Outcome outcome(Scenario scenario) throws InterruptedException {
    try (var bench = new Bench(driver, agent, wording, patience, place(scenario.name()), ids)) {
      return scenario.check().run(bench);
    } catch (AgentUnavailable e) {
      var hint = e.problem().hint();
      return Outcome.fail(e.problem().detail() + (hint == null ? "" : " " + hint));
    }
  }

  private Path place(String name) {
    try {
      return Files.createDirectories(folder.resolve(name)).toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
