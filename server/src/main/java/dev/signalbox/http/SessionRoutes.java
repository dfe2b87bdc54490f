package dev.signalbox.http;

import dev.signalbox.event.ThreadState;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.id.SessionId;
import dev.signalbox.journal.Journal;
import dev.signalbox.refusal.Refused;
import dev.signalbox.session.ProjectView;
import dev.signalbox.session.SessionView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Projects, their sessions, and the lanes of these.
final class SessionRoutes {
  record ProjectBody(@Nullable String path, @Nullable String name) {}

  record SessionBody(@Nullable String title, @Nullable String isolation) {
    static final SessionBody EMPTY = new SessionBody(null, null);
  }

  record SessionPatch(@Nullable String title) {}

  record LaneBody(@Nullable String name, @Nullable String role, @Nullable String policy) {}

  /// Where an agent's own conversation is.
  record Found(SessionId session, LaneId lane, String name) {}

  private SessionRoutes() {}

  static List<Route> routes() {
    var sessions = "/api/sessions/{session}";
    return List.of(
        Route.post("/api/projects", "Register a folder")
            .takes(ProjectBody.class)
            .answers(ProjectView.class)
            .by(SessionRoutes::addProject),
        Route.get("/api/projects", "The registered folders")
            .answersListOf(ProjectView.class)
            .by(call -> Reply.ok(call.rooms().sessions().projects())),
        Route.post("/api/projects/{project}/sessions", "Make a session")
            .takes(SessionBody.class)
            .answers(SessionView.class)
            .by(SessionRoutes::create),
        Route.get("/api/sessions", "The newest 200 sessions")
            .with("project", "state")
            .answersListOf(SessionView.class)
            .by(SessionRoutes::list),
        Route.get(sessions, "One session")
            .answers(SessionView.class)
            .by(call -> Reply.ok(call.rooms().sessions().session(call.session()))),
        Route.of("PATCH", sessions, "Rename a session")
            .takes(SessionPatch.class)
            .answers(SessionView.class)
            .by(SessionRoutes::rename),
        Route.of("DELETE", sessions, "End its turns and remove a session")
            .by(SessionRoutes::delete),
        Route.get(sessions + "/threads", "The agents' own conversations behind its lanes")
            .answersListOf(ThreadState.class)
            .by(SessionRoutes::threads),
        Route.get("/api/threads/{thread}", "The lane behind an agent's own id of a conversation")
            .answers(Found.class)
            .by(SessionRoutes::find),
        Route.post(sessions + "/lanes", "Make a further lane")
            .takes(LaneBody.class)
            .answers(SessionView.LaneView.class)
            .by(SessionRoutes::addLane),
        Route.post(sessions + "/lanes/{lane}/reset", "Clear a lane's history and threads")
            .answers(Journal.Head.class)
            .by(SessionRoutes::reset),
        Route.of("DELETE", sessions + "/lanes/{lane}", "Close a lane")
            .by(SessionRoutes::closeLane));
  }

  private static Reply addProject(Call call) throws Exception {
    var body = call.body(ProjectBody.class);
    if (body.path() == null || body.path().isBlank()) {
      throw Refused.invalid("missing_path", "Give the folder: {\"path\":\"/home/me/project\"}.");
    }
    return Reply.ok(call.rooms().sessions().addProject(body.path(), body.name()));
  }

  private static Reply create(Call call) throws Exception {
    var body = call.bodyOr(SessionBody.class, SessionBody.EMPTY);
    return Reply.ok(call.rooms().sessions().create(call.project(), body.title(), body.isolation()));
  }

  private static Reply list(Call call) {
    var project = call.query("project");
    return Reply.ok(
        call.rooms()
            .sessions()
            .list(
                project == null ? null : Call.id(project, "project", ProjectId::new),
                call.query("state")));
  }

  private static Reply rename(Call call) throws Exception {
    var title = call.body(SessionPatch.class).title();
    if (title == null || title.isBlank() || title.length() > 200) {
      throw Refused.invalid("wrong_title", "Give a title of 1 to 200 characters.");
    }
    return Reply.ok(call.rooms().sessions().rename(call.session(), title));
  }

  private static Reply delete(Call call) {
    call.rooms().sessions().delete(call.session());
    return new Reply.Nothing();
  }

  private static Reply find(Call call) {
    var lane = call.rooms().sessions().laneOfThread(call.path("thread"));
    return Reply.ok(new Found(lane.session(), lane.id(), lane.view().name()));
  }

  private static Reply threads(Call call) {
    var sessions = call.rooms().sessions();
    return Reply.ok(
        sessions.session(call.session()).lanes().stream()
            .flatMap(lane -> sessions.lane(lane.id()).threads().stream())
            .toList());
  }

  private static Reply addLane(Call call) throws Exception {
    var body = call.body(LaneBody.class);
    if (body.name() == null || body.role() == null || body.policy() == null) {
      throw Refused.invalid(
          "missing_field",
          "Give name, role (worker, planner, review, chat) and policy (read-only, workspace-write).");
    }
    return Reply.ok(
        call.rooms().sessions().addLane(call.session(), body.name(), body.role(), body.policy()));
  }

  private static Reply reset(Call call) {
    var lane = call.lane();
    lane.reset();
    return Reply.ok(call.rooms().journal().head(lane.id()));
  }

  private static Reply closeLane(Call call) {
    call.rooms().sessions().closeLane(call.session(), call.path("lane"));
    return new Reply.Nothing();
  }
}
