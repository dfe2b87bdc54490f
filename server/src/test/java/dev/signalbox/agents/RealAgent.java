package dev.signalbox.agents;

import static java.time.temporal.ChronoUnit.MINUTES;

import dev.signalbox.testkit.agent.CodexHome;
import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// How a pinned agent is made to use the scripted model, by what its user would write: its own
/// configuration file and Signalbox's.
enum RealAgent {
  OPENCODE("opencode", "opencode-linux-x64/bin/opencode") {
    @Override
    void configure(Path home, String modelUrl, ObjectNode environment) {
      opencode(home, modelUrl, environment);
    }

    @Override
    Choice otherModel() {
      return new Choice("fake/fake-2", "fake-2");
    }
  },
  OPENCODE_ACP("opencode-acp", "opencode-linux-x64/bin/opencode") {
    @Override
    void configure(Path home, String modelUrl, ObjectNode environment) {
      opencode(home, modelUrl, environment);
    }

    @Override
    Choice otherModel() {
      return new Choice("fake/fake-2", "fake-2");
    }
  },
  /// Asks as a careful user has it: before everything that does more than look.
  CODEX("codex", "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex") {
    @Override
    void configure(Path home, String modelUrl, ObjectNode environment) {
      Path own = home.resolve(".codex");
      try {
        CodexHome.configure(program(), own, modelUrl);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      CodexHome.environment(own).forEach(environment::put);
    }

    @Override
    ObjectNode settings(Path home, String modelUrl) {
      var settings = super.settings(home, modelUrl);
      settings.withObject("/agents/codex").putObject("modes").put("writing", "ask");
      return settings;
    }
  },
  GOOSE("goose", "@aaif/goose-binary-linux-x64/bin/goose") {
    @Override
    void configure(Path home, String modelUrl, ObjectNode environment) {
      environment
          .put("GOOSE_PROVIDER", "openai")
          .put("GOOSE_MODEL", "fake-1")
          .put("OPENAI_API_KEY", "dummy-key")
          .put("OPENAI_HOST", modelUrl)
          .put("OPENAI_BASE_PATH", "v1/chat/completions")
          .put("GOOSE_DISABLE_KEYRING", "1")
          .put("GOOSE_MODE", "approve");
    }

    @Override
    Choice otherModel() {
      return new Choice("fake-2", "fake-2");
    }

    @Override
    String modeThatAsksNothing() {
      return "auto";
    }
  },
  CLAUDE("claude", "@anthropic-ai/claude-code-linux-x64/claude") {
    @Override
    void configure(Path home, String modelUrl, ObjectNode environment) {
      environment
          .put("ANTHROPIC_BASE_URL", modelUrl)
          .put("ANTHROPIC_API_KEY", "dummy-key")
          .put("CLAUDE_CONFIG_DIR", home.resolve(".claude").toString())
          .put("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
          .put("CLAUDE_CODE_MAX_RETRIES", "1");
    }
  },
  GEMINI("gemini", ".bin/gemini") {
    @Override
    void configure(Path home, String modelUrl, ObjectNode environment) {
      environment.put("GEMINI_API_KEY", "dummy-key").put("GOOGLE_GEMINI_BASE_URL", modelUrl);
      write(
          home.resolve(".gemini/settings.json"),
          """
          {"security":{"auth":{"selectedType":"gemini-api-key"},"folderTrust":{"enabled":false}},
           "privacy":{"usageStatisticsEnabled":false},"telemetry":{"enabled":false},
           "general":{"enableAutoUpdate":false,"enableAutoUpdateNotification":false},
           "model":{"name":"gemini-2.5-pro"}}
          """);
    }

    @Override
    Choice otherModel() {
      return new Choice("gemini-3.8-flash", "gemini-3.8-flash");
    }

    @Override
    String modeThatAsksNothing() {
      return "yolo";
    }

    // It names the file of a conversation by the minute of its start, and a load within that
    // minute begins the file anew before it reads it.
    @Override
    boolean takesUp(Instant began) {
      return Instant.now().truncatedTo(MINUTES).isAfter(began);
    }

    // It takes a thought apart into subject and description.
    @Override
    String shown(String thought) {
      return "**Pondering**\n" + thought;
    }
  },
  QWEN("qwen", ".bin/node") {
    @Override
    void configure(Path home, String modelUrl, ObjectNode environment) {
      environment
          .put("OPENAI_API_KEY", "dummy-key")
          .put("OPENAI_BASE_URL", modelUrl + "/v1")
          .put("OPENAI_MODEL", "gpt-fake"); // it takes images for models named like this
      write(
          home.resolve(".qwen/settings.json"),
          """
          {"security":{"auth":{"selectedType":"openai"},"folderTrust":{"enabled":false}},
           "privacy":{"usageStatisticsEnabled":false},"telemetry":{"enabled":false},
           "general":{"enableAutoUpdate":false},
           "modelProviders":{"openai":[
             {"id":"fake-2","name":"Fake Two","envKey":"OPENAI_API_KEY","baseUrl":"%s/v1"}]}}
          """
              .formatted(modelUrl));
    }

    @Override
    Choice otherModel() {
      return new Choice("fake-2(openai)", "fake-2");
    }

    @Override
    String modeThatAsksNothing() {
      return "yolo";
    }

    // It needs Node 22, which is pinned beside it.
    @Override
    List<String> arguments() {
      var script = modules().resolve("@qwen-code/qwen-code/cli.js").toString();
      return List.of(script, "--acp", "--approval-mode", "default");
    }
  };

  final String id;
  private final String binary;

  RealAgent(String id, String binary) {
    this.id = id;
    this.binary = binary;
  }

  /// Another choice than the one it begins with.
  ///
  /// @param id as Signalbox is told it
  /// @param asked what then tells it: for a model its name as the model server gets it
  record Choice(String id, String asked) {}

  /// A model it offers beside its first; null where it offers one only.
  @Nullable Choice otherModel() {
    return null;
  }

  /// A mode in which it runs a command unasked; null where it offers none.
  @Nullable String modeThatAsksNothing() {
    return null;
  }

  /// Whether it can take up a conversation now that began then.
  boolean takesUp(Instant began) {
    return true;
  }

  /// What it makes of a thought of the model.
  String shown(String thought) {
    return thought;
  }

  /// @param home of the server and so of the agent
  /// @param environment what the agent is to find in its own beside the allow-list
  abstract void configure(Path home, String modelUrl, ObjectNode environment);

  /// In place of those of the registry; empty for the registry's.
  List<String> arguments() {
    return List.of();
  }

  /// Writes the agent's own configuration into a home.
  ///
  /// @return Signalbox's settings for it
  ObjectNode settings(Path home, String modelUrl) {
    var settings = Client.object();
    var agent = settings.putObject("agents").putObject(id);
    agent.put("command", program().toString()).put("enabled", true);
    if (!arguments().isEmpty()) {
      arguments().forEach(agent.putArray("args")::add);
    }
    configure(home, modelUrl, agent.putObject("env"));
    return settings;
  }

  /// The pinned binary.
  ///
  /// @throws IllegalStateException when it is not installed
  Path program() {
    Path program = modules().resolve(binary);
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(program + " is missing: run `./check --agents` once");
    }
    return program;
  }

  static Path modules() {
    return Path.of("..", "agents", "node_modules").toAbsolutePath().normalize();
  }

  private static void opencode(Path home, String modelUrl, ObjectNode environment) {
    for (String off :
        new String[] {"AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD", "SHARE", "DEFAULT_PLUGINS"}) {
      environment.put("OPENCODE_DISABLE_" + off, "1");
    }
    write(home.resolve(".config/opencode/opencode.json"), opencodeJson(modelUrl));
  }

  private static String opencodeJson(String modelUrl) {
    return """
    {"autoupdate":false,"share":"disabled","enabled_providers":["fake"],
     "model":"fake/fake-1","small_model":"fake/fake-1",
     "provider":{"fake":{"npm":"@ai-sdk/openai-compatible","name":"Fake",
       "options":{"baseURL":"%s/v1","apiKey":"dummy-key"},
       "models":{"fake-1":{"name":"Fake One","limit":{"context":128000,"output":8000},
         "reasoning":true,"attachment":true,"tool_call":true,
         "modalities":{"input":["text","image"],"output":["text"]}},
        "fake-2":{"name":"Fake Two","limit":{"context":128000,"output":8000},"tool_call":true}}}},
     "permission":{"bash":"ask","edit":"ask"}}
    """
        .formatted(modelUrl);
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
