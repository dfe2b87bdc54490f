package dev.signalbox.agent;

import dev.signalbox.agent.Agent.RunBy;
import dev.signalbox.agent.Agent.Setup;
import java.util.List;
import java.util.Map;

/// The known agents that speak ACP by a flag of their own command, and the adapters that speak it
/// for others. What is switched off is so because another entry drives the same agent better, or
/// because nobody could try it.
final class AcpAgents {
  private static final String VERSION = "--version";

  private AcpAgents() {}

  static List<Agent> all() {
    return List.of(gemini(), qwen(), copilot(), claudeAdapter(), codexAdapter());
  }

  private static Agent gemini() {
    return new Agent(
        "gemini",
        "Gemini CLI",
        "acp",
        List.of("gemini", "--acp"),
        KnownAgents.references(
            // Else it runs as two processes, the first of which does nothing but wait.
            Map.of("GEMINI_CLI_NO_RELAUNCH", "true"),
            "GEMINI_API_KEY",
            "GOOGLE_API_KEY",
            "GOOGLE_GEMINI_BASE_URL",
            "GOOGLE_GENAI_USE_VERTEXAI",
            "GOOGLE_CLOUD_PROJECT",
            "GOOGLE_CLOUD_LOCATION",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "GEMINI_MODEL"),
        List.of("gemini", VERSION),
        "npm install -g @google/gemini-cli",
        "gemini",
        true,
        "0.33.0", // the first with --acp
        "0.61.0",
        null,
        List.of(),
        Setup.modes("plan", "default"));
  }

  private static Agent qwen() {
    return new Agent(
        "qwen",
        "Qwen Code",
        "acp",
        // Without a mode it begins in `auto`, which edits unasked.
        List.of("qwen", "--acp", "--approval-mode", "default"),
        KnownAgents.environment(
            Map.of("QWEN_CODE_NO_RELAUNCH", "true"), "OPENAI_MODEL", "DASHSCOPE_API_KEY"),
        List.of("qwen", VERSION),
        "npm install -g @qwen-code/qwen-code@latest",
        "qwen",
        true,
        "0.24.4",
        "0.24.4",
        null,
        List.of(),
        Setup.modes("plan", "default").needing(new RunBy("node", "Node.js", "22")));
  }

  private static Agent copilot() {
    return new Agent(
        "copilot",
        "Copilot CLI",
        "acp",
        List.of("copilot", "--acp"),
        KnownAgents.references(Map.of(), "COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"),
        List.of("copilot", VERSION),
        "npm install -g @github/copilot",
        "copilot",
        false);
  }

  private static Agent claudeAdapter() {
    return new Agent(
        "claude-acp",
        "Claude Code (ACP)",
        "acp",
        List.of("claude-agent-acp"),
        KnownAgents.references(
            Map.of(),
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "ANTHROPIC_BASE_URL",
            "CLAUDE_CONFIG_DIR",
            "CLAUDE_CODE_OAUTH_TOKEN"),
        List.of(),
        "npm install -g @agentclientprotocol/claude-agent-acp",
        "claude",
        false,
        "0.49.0",
        "0.100.0",
        null,
        List.of(),
        Setup.modes("plan", "default"));
  }

  private static Agent codexAdapter() {
    return new Agent(
        "codex-acp",
        "Codex (ACP)",
        "acp",
        List.of("codex-acp"),
        KnownAgents.references(
            Map.of(), "OPENAI_API_KEY", "OPENAI_BASE_URL", "CODEX_HOME", "CODEX_PATH"),
        List.of(),
        "npm install -g @agentclientprotocol/codex-acp",
        "codex login",
        false,
        "2.6.0",
        "2.6.0",
        null,
        List.of(),
        // Its own first mode lets another model judge and asks nobody.
        Setup.modes("read-only", "workspace-write"));
  }
}
