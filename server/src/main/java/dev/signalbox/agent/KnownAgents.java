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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The agents that are known without being told, and what the user's settings make of them.
public final class KnownAgents {
  private static final List<String> PROVIDER_KEYS =
      List.of(
          "OPENAI_API_KEY",
          "OPENAI_BASE_URL",
          "ANTHROPIC_API_KEY",
          "GEMINI_API_KEY",
          "GOOGLE_API_KEY",
          "OPENROUTER_API_KEY",
          "GROQ_API_KEY",
          "MISTRAL_API_KEY",
          "DEEPSEEK_API_KEY",
          "XAI_API_KEY");

  private KnownAgents() {}

  /// The known agents with the settings laid over them, then those that only the settings know.
  ///
  /// @param settings entries of known agents change only what they name
  public static List<Agent> with(Map<String, Settings.AgentSettings> settings) {
    return with(settings, Map.of());
  }

  /// As above, and each agent with the MCP servers that are meant for it.
  public static List<Agent> with(
      Map<String, Settings.AgentSettings> settings, Map<String, Settings.McpSettings> servers) {
    var agents = new LinkedHashMap<String, Agent>();
    Stream.of(
            List.of(codex(), ClaudeAgent.entry(), opencode(), opencodeOverAcp(), goose()),
            AcpAgents.all(),
            List.of(practice()))
        .flatMap(List::stream)
        .forEach(agent -> agents.put(agent.name(), agent));
    settings.forEach(
        (name, its) -> agents.merge(name, fresh(name, its), (known, own) -> laidOver(known, its)));
    return agents.values().stream().map(agent -> Setups.served(agent, servers)).toList();
  }

  private static Agent codex() {
    return new Agent(
        "codex",
        "Codex",
        "codex",
        List.of("codex", "app-server"),
        environment(
            Map.of(),
            "CODEX_HOME",
            "CODEX_API_KEY",
            "CODEX_CA_CERTIFICATE",
            "AZURE_OPENAI_API_KEY"),
        List.of("codex", "--version"),
        "npm install -g @openai/codex",
        "codex login",
        true,
        "0.150.0",
        "0.169.0",
        null,
        List.of());
  }

  /// Through its own server, which tells more than ACP does and is one process for many lanes.
  private static Agent opencode() {
    // Nothing older than this minor version was tried, and its events have changed before.
    return opencode("opencode", "opencode", "opencode", "serve", true, "1.18.0");
  }

  /// The same agent over ACP, for those who want it so.
  private static Agent opencodeOverAcp() {
    return opencode("opencode-acp", "opencode (ACP)", "acp", "acp", false, "1.0.0");
  }

  private static Agent opencode(
      String name, String title, String driver, String command, boolean enabled, String least) {
    return new Agent(
        name,
        title,
        driver,
        List.of("opencode", command),
        environment(
            Map.of("OPENCODE_DISABLE_AUTOUPDATE", "1"),
            "OPENCODE_CONFIG",
            "OPENCODE_CONFIG_DIR",
            "OPENCODE_CONFIG_CONTENT",
            "OPENCODE_DISABLE_MODELS_FETCH",
            "OPENCODE_DISABLE_LSP_DOWNLOAD",
            "OPENCODE_DISABLE_SHARE",
            "OPENCODE_DISABLE_DEFAULT_PLUGINS"),
        List.of("opencode", "--version"),
        "npm install -g opencode-ai",
        "opencode auth login",
        enabled,
        least,
        "1.18.33",
        null,
        List.of(),
        new Agent.Setup("plan", null, null, List.of(), null));
  }

  private static Agent goose() {
    return new Agent(
        "goose",
        "goose",
        "acp",
        List.of("goose", "acp"),
        // Its other modes write without asking.
        environment(
            Map.of("GOOSE_MODE", "approve"),
            "GOOSE_PROVIDER",
            "GOOSE_MODEL",
            "GOOSE_DISABLE_KEYRING",
            "OPENAI_HOST",
            "OPENAI_BASE_PATH",
            "ANTHROPIC_HOST",
            "OLLAMA_HOST",
            "DATABRICKS_HOST"),
        List.of("goose", "--version"),
        "npm install -g @aaif/goose-binary-linux-x64",
        "goose configure",
        true,
        "1.37.0",
        "1.37.0",
        null,
        List.of());
  }

  /// An agent's keys are in its own login file, or in these variables of the user's, which it could
  /// not do without and which no other agent is given. Each is a reference: see `docs/agents.md`.
  static Map<String, String> environment(Map<String, String> fixed, String... references) {
    var environment = references(fixed, references);
    for (var name : PROVIDER_KEYS) {
      environment.put(name, "${" + name + "}");
    }
    return environment;
  }

  /// Of an agent that speaks to one provider: its own variables, and no other keys.
  static Map<String, String> references(Map<String, String> fixed, String... references) {
    var environment = new LinkedHashMap<>(fixed);
    for (var name : references) {
      environment.put(name, "${" + name + "}");
    }
    return environment;
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
            // Its standard output is the protocol's: the JVM's own remarks go elsewhere. Two agents
            // in PID namespaces have the same number and would quarrel about the file of figures.
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

  /// The server's own, whole: as shipped it is one jar that names the others in its manifest.
  private static String practiceClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
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
        its.driver() != null ? its.driver() : known.driver(),
        argv,
        environment,
        version(its, argv.getFirst(), known.versionArgv()),
        its.install() != null ? its.install() : known.install(),
        its.login() != null ? its.login() : known.login(),
        its.enabled() == null ? known.enabled() : its.enabled(),
        known.least(),
        known.tried(),
        its.idle() != null ? its.idle() : known.idle(),
        known.commands(),
        Setups.over(known.setup(), its));
  }

  private static Agent fresh(String name, Settings.AgentSettings its) {
    var argv = new ArrayList<String>();
    argv.add(its.command() != null ? its.command() : name);
    argv.addAll(its.args() != null ? its.args() : List.of());
    return new Agent(
        name,
        its.title() != null ? its.title() : name,
        its.driver() != null ? its.driver() : "acp",
        argv,
        its.env(),
        version(its, argv.getFirst(), List.of()),
        its.install(),
        its.login(),
        its.enabled() == null || its.enabled(),
        null,
        null,
        its.idle(),
        List.of(),
        Setups.over(Agent.Setup.NONE, its));
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
