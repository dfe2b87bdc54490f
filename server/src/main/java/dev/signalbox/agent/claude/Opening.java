package dev.signalbox.agent.claude;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Usage;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// The first words with a child that was just started, until it has its conversation.
///
/// @param session the conversation's id
/// @param fresh whether it is new, and no copy of another
record Opening(
    ClaudeProcess process,
    ClaudeChild child,
    ThreadSettings settings,
    String session,
    boolean fresh) {

  /// @param limit for the first answer
  /// @throws AgentUnavailable when it does not come to a conversation
  ClaudeThread talk(Duration limit) throws InterruptedException {
    var introduction = new Introduction(child.require(Requests.subtype("initialize"), limit));
    if (introduction.wantsLogin()) {
      throw new AgentUnavailable(Problems.told(process.agent(), 401, "Nobody is logged in.", null));
    }
    var open = process.limits().open();
    var applied = child.ask(Requests.subtype("get_settings"), open).path("applied");
    var thread = new ClaudeThread(this, introduction, applied);
    child.holds(thread);
    thread.tell(introduction.commands());
    var servers = process.servers(settings);
    if (!servers.isEmpty()) {
      tellOfServers(thread, child.ask(Requests.servers(servers), open));
    }
    if (!fresh) {
      askForContext(thread);
    }
    return thread;
  }

  private static void tellOfServers(ClaudeThread thread, JsonNode answer) {
    var errors = answer.path("errors");
    for (var name : errors.propertyNames()) {
      thread.tell(
          new AgentEvent.Notice(
              "mcp-failed",
              "warn",
              "The MCP server %s could not be reached: %s"
                  .formatted(name, errors.path(name).asString(""))));
    }
  }

  /// A conversation that is taken up is not empty, and no answer of the model says so yet.
  private void askForContext(ClaudeThread thread) {
    child
        .line()
        .post(
            Requests.subtype("get_context_usage"),
            reply -> {
              if (reply instanceof ControlReply.Success(var told)) {
                var used = Json.number(told, "totalTokens");
                var size = Json.number(told, "maxTokens");
                thread.tell(
                    new AgentEvent.UsageReported(
                        new Usage(null, null, null, null, null, used, size, null, null), false));
              }
            });
  }
}
