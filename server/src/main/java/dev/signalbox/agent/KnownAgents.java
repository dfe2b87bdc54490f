package dev.signalbox.agent;

import dev.signalbox.config.Settings;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The agents that are known without being told, and what the user's settings make of them.
public final class KnownAgents {
  private KnownAgents() {}

  /// The known agents with the settings laid over them, then those that only the settings know.
  ///
  /// @param settings entries of known agents change only what they name
  public static List<Agent> with(Map<String, Settings.AgentSettings> settings) {
    var agents = new LinkedHashMap<String, Agent>();
    for (var agent : List.of(opencode(), goose(), practice())) {
      agents.put(agent.name(), agent);
    }
    settings.forEach(
        (name, its) -> agents.merge(name, fresh(name, its), (known, own) -> laidOver(known, its)));
    return new ArrayList<>(agents.values());
  }

  private static Agent opencode() {
    return new Agent(
        "opencode",
        "opencode",
        "acp",
        List.of("opencode", "acp"),
        Map.of("OPENCODE_DISABLE_AUTOUPDATE", "1"),
        List.of("opencode", "--version"),
        "npm install -g opencode-ai",
        "opencode auth login",
        true);
  }

  private static Agent goose() {
    return new Agent(
        "goose",
        "goose",
        "acp",
        List.of("goose", "acp"),
        // Its other modes write without asking.
        Map.of("GOOSE_MODE", "approve"),
        List.of("goose", "--version"),
        "npm install -g @aaif/goose-binary-linux-x64",
        "goose configure",
        true);
  }

  /// Runs on the very Java and classes that run the server.
  private static Agent practice() {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new Agent(
        "practice",
        "Practice agent",
        "acp",
        List.of(
            java,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            // Its standard output is the protocol's: the JVM's own remarks go elsewhere. (Two
            // agents
            // in PID namespaces have the same number and would quarrel about the file of figures.)
            "-XX:-UsePerfData",
            "-Xlog:disable",
            "-Xlog:all=warning:stderr",
            "-cp",
            practiceClassPath(),
            "dev.signalbox.practice.Main"),
        Map.of(),
        List.of(),
        null,
        null,
        true);
  }

  /// Only what it needs, so that it starts without opening every jar of the server.
  private static String practiceClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry ->
            entry.contains("jackson")
                || entry.contains("jspecify")
                || entry.contains("signalbox-server")
                || entry.endsWith("classes"))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Agent laidOver(Agent known, Settings.AgentSettings its) {
    var argv = new ArrayList<String>();
    argv.add(its.command() != null ? its.command() : known.argv().getFirst());
    argv.addAll(its.args() != null ? its.args() : rest(known.argv()));
    var environment = new LinkedHashMap<>(known.environment());
    environment.putAll(its.env());
    return new Agent(
        known.name(),
        its.title() != null ? its.title() : known.title(),
        known.driver(),
        argv,
        environment,
        version(its, argv.getFirst(), known.versionArgv()),
        its.install() != null ? its.install() : known.install(),
        its.login() != null ? its.login() : known.login(),
        its.enabled() == null || its.enabled());
  }

  private static Agent fresh(String name, Settings.AgentSettings its) {
    var argv = new ArrayList<String>();
    argv.add(its.command() != null ? its.command() : name);
    argv.addAll(its.args() != null ? its.args() : List.of());
    return new Agent(
        name,
        its.title() != null ? its.title() : name,
        "acp",
        argv,
        its.env(),
        version(its, argv.getFirst(), List.of()),
        its.install(),
        its.login(),
        its.enabled() == null || its.enabled());
  }

  private static List<String> version(
      Settings.AgentSettings its, String command, List<String> known) {
    @Nullable List<String> given = its.version();
    var arguments = given != null ? given : rest(known);
    if (arguments.isEmpty()) {
      return List.of();
    }
    var argv = new ArrayList<String>(List.of(command));
    argv.addAll(arguments);
    return argv;
  }

  private static List<String> rest(List<String> argv) {
    return argv.isEmpty() ? List.of() : argv.subList(1, argv.size());
  }
}
