package dev.signalbox.agent.launch;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Probe;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Versions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks whether an agent could work here, the same way for every driver: its version first, then a
/// conversation in an empty folder, because only that tells whether somebody is logged in and what
/// can be chosen. Everything that was started is ended again.
public record Probing(AgentDriver driver, AgentChildren children) {

  /// As [AgentDriver#probe].
  public Probe probe(Agent agent) throws InterruptedException {
    Path folder;
    try {
      folder = Files.createTempDirectory("signalbox-probe-");
    } catch (IOException e) {
      return Probe.failed(true, null, "No temporary folder could be made: " + e);
    }
    try {
      return probe(agent, folder).with(children.lacking(agent, folder));
    } finally {
      delete(folder);
    }
  }

  private Probe probe(Agent agent, Path folder) throws InterruptedException {
    @Nullable String version = null;
    try {
      version = children.version(agent, folder);
      if (Versions.tooOld(agent, version)) {
        return Probe.failed(true, version, reason(Versions.refusal(agent, version)));
      }
      return started(agent, folder, version);
    } catch (AgentUnavailable e) {
      return Probe.failed(!Problems.missing(e.problem()), version, reason(e));
    }
  }

  private Probe started(Agent agent, Path folder, @Nullable String printed)
      throws InterruptedException {
    try (var process = driver.start(agent, new Launch(null, folder, Map.of()))) {
      var version = process.version() != null ? process.version() : printed;
      if (Versions.tooOld(agent, version)) {
        return Probe.failed(true, version, reason(Versions.refusal(agent, version)));
      }
      return opened(agent, folder, process, version);
    }
  }

  private static Probe opened(
      Agent agent, Path folder, AgentProcess process, @Nullable String version)
      throws InterruptedException {
    var can = process.capabilities();
    try {
      var thread = process.open(ThreadSettings.readOnly(folder));
      var offers = thread.offers();
      thread.close();
      return new Probe(true, version, true, null, Versions.notice(agent, version), can, offers);
    } catch (AgentUnavailable e) {
      return new Probe(true, version, false, reason(e), null, can, null);
    }
  }

  private static String reason(AgentUnavailable e) {
    @Nullable String hint = e.problem().hint();
    return e.problem().detail() + Optional.ofNullable(hint).map(text -> " " + text).orElse("");
  }

  /// Agents may leave files in the folder they work in.
  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A file of the agent's own that appeared meanwhile; the system's temporary folder keeps it.
    }
  }
}
