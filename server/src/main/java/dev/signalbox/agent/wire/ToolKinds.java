package dev.signalbox.agent.wire;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The kinds of tools the interface knows, from what an agent calls them. Only for showing: what a
/// call may do is never decided by this.
public final class ToolKinds {
  /// Agents that tell no kind at first (goose) are helped by the name of the tool.
  private static final Map<String, String> BY_NAME =
      Map.ofEntries(
          Map.entry("shell", "execute"),
          Map.entry("bash", "execute"),
          Map.entry("run_shell_command", "execute"),
          Map.entry("read", "read"),
          Map.entry("read_file", "read"),
          Map.entry("write", "edit"),
          Map.entry("write_file", "edit"),
          Map.entry("edit", "edit"),
          Map.entry("text_editor", "edit"),
          Map.entry("grep", "search"),
          Map.entry("glob", "search"),
          Map.entry("list", "search"),
          Map.entry("webfetch", "fetch"),
          Map.entry("web_fetch", "fetch"),
          Map.entry("task", "subagent"),
          Map.entry("agent", "subagent"),
          Map.entry("subagent", "subagent"));

  private ToolKinds() {}

  /// @param told the agent's `kind`
  /// @param name the tool's name, when the agent gives one
  public static String kind(@Nullable String told, @Nullable String name, @Nullable String title) {
    var called = (name != null ? name : title != null ? title : "").toLowerCase(Locale.ROOT);
    if (called.startsWith("mcp_") || called.startsWith("mcp:")) {
      return "mcp";
    }
    return switch (told) {
      case "read", "edit", "delete", "move", "search", "execute", "fetch" -> told;
      // Subagents come as thinking, where they have a kind at all.
      case "think" -> "subagent".equals(BY_NAME.get(called)) ? "subagent" : "think";
      case null, default -> BY_NAME.getOrDefault(called, "other");
    };
  }
}
