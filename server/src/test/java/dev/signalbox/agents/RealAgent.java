package dev.signalbox.agents;

import dev.signalbox.testkit.agent.CodexHome;
import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/// How a pinned agent is made to use the scripted model, by what its user would write: its own
/// configuration file and Signalbox's.
enum RealAgent {
  OPENCODE("opencode", "opencode-linux-x64/bin/opencode", true) {
    @Override
    void configure(Path home, String modelUrl, ObjectNode environment) {
      opencode(home, modelUrl, environment);
    }
  },
  OPENCODE_ACP("opencode-acp", "opencode-linux-x64/bin/opencode", true) {
    @Override
    void configure(Path home, String modelUrl, ObjectNode environment) {
      opencode(home, modelUrl, environment);
    }
  },
  /// Asks as a careful user has it: before everything that does more than look.
  CODEX("codex", "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex", true) {
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
  GOOSE("goose", "@aaif/goose-binary-linux-x64/bin/goose", false) {
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
  },
  CLAUDE("claude", "@anthropic-ai/claude-code-linux-x64/claude", true) {
    @Override
    void configure(Path home, String modelUrl, ObjectNode environment) {
      environment
          .put("ANTHROPIC_BASE_URL", modelUrl)
          .put("ANTHROPIC_API_KEY", "dummy-key")
          .put("CLAUDE_CONFIG_DIR", home.resolve(".claude").toString())
          .put("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
          .put("CLAUDE_CODE_MAX_RETRIES", "1");
    }
  };

  final String id;
  private final String binary;

  /// Whether a shell command ends when its turn is interrupted; see `docs/agents.md`.
  final boolean endsItsCommands;

  RealAgent(String id, String binary, boolean endsItsCommands) {
    this.id = id;
    this.binary = binary;
    this.endsItsCommands = endsItsCommands;
  }

  /// @param home of the server and so of the agent
  /// @param environment what the agent is to find in its own beside the allow-list
  abstract void configure(Path home, String modelUrl, ObjectNode environment);

  /// Writes the agent's own configuration into a home.
  ///
  /// @return Signalbox's settings for it
  ObjectNode settings(Path home, String modelUrl) {
    var settings = Client.object();
    var agent = settings.putObject("agents").putObject(id);
    agent.put("command", program().toString()).put("enabled", true);
    configure(home, modelUrl, agent.putObject("env"));
    return settings;
  }

  /// The pinned binary.
  ///
  /// @throws IllegalStateException when it is not installed
  Path program() {
    Path modules = Path.of("..", "agents", "node_modules").toAbsolutePath().normalize();
    Path program = modules.resolve(binary);
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(program + " is missing: run `npm ci` in agents/");
    }
    return program;
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
         "modalities":{"input":["text","image"],"output":["text"]}}}}},
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
