package dev.signalbox.http;

import dev.signalbox.agent.AgentView;
import dev.signalbox.agent.ProcessView;
import dev.signalbox.agent.conformance.AgentTest;
import java.util.List;

/// The agents that are known, and their processes that are up.
final class AgentRoutes {
  private AgentRoutes() {}

  static List<Route> routes() {
    return List.of(
        Route.get("/api/agents", "The agents and whether each is ready")
            .answersListOf(AgentView.class)
            .by(call -> Reply.ok(call.rooms().registry().all())),
        Route.post("/api/agents/{agent}/refresh", "Look for an agent again")
            .answers(AgentView.class)
            .by(call -> Reply.ok(call.rooms().registry().refresh(call.path("agent")))),
        Route.post("/api/agents/{agent}/test", "Try an agent with the conformance scenarios")
            .answers(202, AgentTest.class)
            .by(call -> new Reply.Json(202, call.rooms().tests().begin(call.path("agent")))),
        Route.get("/api/agents/{agent}/test", "How the last trial of an agent goes, or went")
            .answers(AgentTest.class)
            .by(call -> Reply.ok(call.rooms().tests().last(call.path("agent")))),
        Route.get("/api/processes", "Agent processes that are up")
            .answersListOf(ProcessView.class)
            .by(call -> Reply.ok(call.rooms().pool().processes())),
        Route.post("/api/processes/{process}/pin", "Keep a process however long it idles")
            .by(call -> pin(call, true)),
        Route.post("/api/processes/{process}/unpin", "Keep it no longer than others")
            .by(call -> pin(call, false)),
        Route.post("/api/processes/{process}/stop", "End a process").by(AgentRoutes::stop));
  }

  private static Reply pin(Call call, boolean pinned) {
    call.rooms().pool().pin(call.path("process"), pinned);
    return new Reply.Nothing();
  }

  private static Reply stop(Call call) throws InterruptedException {
    call.rooms().pool().stop(call.path("process"));
    return new Reply.Nothing();
  }
}
