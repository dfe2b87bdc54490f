package dev.signalbox.agent;

import dev.signalbox.agent.Agent.Setup;
import java.util.List;
import java.util.Map;

/// Claude Code, driven by its own stream-json. It is given what it reads of keys, providers and
/// models, and no other agent's keys.
final class ClaudeAgent {
  private ClaudeAgent() {}

  static Agent entry() {
    return new Agent(
        "claude",
        "Claude Code",
        "claude",
        List.of("claude"),
        KnownAgents.references(
            Map.of("DISABLE_AUTOUPDATER", "1"),
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "ANTHROPIC_BASE_URL",
            "ANTHROPIC_CUSTOM_HEADERS",
            "ANTHROPIC_MODEL",
            "ANTHROPIC_DEFAULT_OPUS_MODEL",
            "ANTHROPIC_DEFAULT_SONNET_MODEL",
            "ANTHROPIC_DEFAULT_HAIKU_MODEL",
            "ANTHROPIC_VERTEX_PROJECT_ID",
            "CLAUDE_CODE_OAUTH_TOKEN",
            "CLAUDE_CODE_USE_BEDROCK",
            "CLAUDE_CODE_USE_VERTEX",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
            "CLAUDE_CODE_MAX_RETRIES",
            "CLAUDE_CONFIG_DIR",
            "CLOUD_ML_REGION",
            "AWS_PROFILE",
            "AWS_REGION"),
        List.of("claude", "--version"),
        "npm install -g @anthropic-ai/claude-code",
        "claude, and there /login",
        true,
        "2.1.197",
        "2.1.329",
        null,
        List.of(
            command("compact", "Shorten the conversation to a summary"),
            command("context", "Show what fills the context"),
            command("init", "Write a CLAUDE.md for this folder")),
        Setup.modes("plan", "default"));
  }

  private static AgentEvent.Commands.Command command(String name, String description) {
    return new AgentEvent.Commands.Command(name, description, null);
  }
}
