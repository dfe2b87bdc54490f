package dev.signalbox.session;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.Registry;
import dev.signalbox.event.Ask;
import dev.signalbox.event.LaneState;
import dev.signalbox.event.WaitsFor;
import dev.signalbox.id.AskId;
import dev.signalbox.id.Ids;
import dev.signalbox.id.JobId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.id.SessionId;
import dev.signalbox.id.TurnId;
import dev.signalbox.journal.Journal;
import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The way in to projects, sessions and lanes. Any thread may call; calls block until what they did
/// is durable. Refusals are [Refused].
public final class Sessions implements AutoCloseable {
  private static final int LISTED = 200;

  private final Surroundings around;
  private final Projects projects;
  private final Timers timers = new Timers();
  private final Bulletin bulletin = new Bulletin(this::present);
  private final LiveLanes lanes;
  private final Creation creation;

  public Sessions(
      Database database,
      Journal journal,
      Ids ids,
      InstantSource clock,
      Registry registry,
      AgentPool pool,
      Uploads uploads,
      LaneSettings settings,
      Path home) {
    this.projects = new Projects(database, ids, clock, home);
    this.around =
        new Surroundings(
            database,
            journal,
            ids,
            clock,
            timers,
            new TurnGate(settings.turnsInFlight()),
            registry,
            pool,
            uploads,
            settings,
            bulletin);
    this.lanes = new LiveLanes(around);
    this.creation = new Creation(around);
  }

  /// Takes up the lanes in which an earlier server left something: running turns end as
  /// interrupted, queued ones stay queued and are held.
  public void recover() {
    for (var offered : around.journal().commands()) {
      around
          .registry()
          .announced(
              offered.agent(),
              offered.commands().stream()
                  .map(c -> new AgentEvent.Commands.Command(c.name(), c.description(), c.hint()))
                  .toList());
    }
    around.journal().unfinishedLanes().forEach(lanes::find);
  }

  /// Registers a folder, or finds it when it is registered already (also through a link).
  ///
  /// @param path absolute, `~/` expanded; refused when missing, no directory, a system or home root
  public ProjectView addProject(String path, @Nullable String name) {
    var project = projects.add(path, name);
    bulletin.post(new Change.ProjectChanged(project));
    return project;
  }

  public List<ProjectView> projects() {
    return projects.all();
  }

  /// @throws Refused not found
  public ProjectView project(ProjectId project) {
    return projects.require(project);
  }

  /// Lets work in that belongs to no lane: it takes its turn among those of all lanes and follows
  /// the rules of all, one writer per root and not more in flight than may be.
  ///
  /// @param pass under which it is in, until it gives it to [#leave]
  /// @param root the canonical root it will write, or null when it only reads
  /// @param granted called once, on any thread, when it had to wait and may go on
  /// @return null when it is in; else whom it waits for
  public @Nullable WaitsFor enter(TurnId pass, JobId job, @Nullable Path root, Runnable granted) {
    return around.gate().enter(new TurnGate.Claim(null, null, pass, job, root), _ -> granted.run());
  }

  /// Gives the pass back, or leaves the line; unknown ones are ignored.
  public void leave(TurnId pass) {
    around.gate().leave(pass);
  }

  /// Makes a session with its `worker` and `planner` lanes.
  ///
  /// @param isolation `in-place`, or null for the default
  public SessionView create(ProjectId project, @Nullable String title, @Nullable String isolation) {
    Creation.requireIsolation(isolation);
    return session(creation.session(projects.require(project), title));
  }

  /// Newest first, at most 200; both filters optional; `state` is a lane state's wire name.
  public List<SessionView> list(@Nullable ProjectId project, @Nullable String state) {
    var wanted = state == null ? null : laneState(state);
    return around
        .database()
        .read(handle -> {
          var views = new ArrayList<SessionView>();
          for (var row : Catalogue.sessions(handle, project, LISTED)) {
            views.add(Views.session(row, Catalogue.lanes(handle, row.id()), lanes::glance));
          }
          return views;
        })
        .stream()
        .filter(view -> wanted == null || view.state() == wanted)
        .toList();
  }

  public SessionView session(SessionId session) {
    return around
        .database()
        .read(handle ->
            Catalogue.session(handle, session)
                .map(row -> Views.session(row, Catalogue.lanes(handle, session), lanes::glance)))
        .orElseThrow(() -> LiveLanes.unknownSession(session));
  }

  public SessionView rename(SessionId session, String title) {
    session(session);
    around
        .database()
        .writeNow(handle -> {
          Catalogue.rename(handle, session, title.strip());
          return true;
        });
    bulletin.touch(session);
    return session(session);
  }

  /// Ends its turns as interrupted, closes its threads and removes it.
  public void delete(SessionId session) {
    var view = session(session);
    view.lanes().forEach(lane -> lanes.end(lane.id(), "session-closed"));
    around
        .database()
        .writeNow(handle -> {
          Catalogue.closeSession(handle, session, around.clock().instant());
          return true;
        });
    bulletin.post(new Change.SessionClosed(session, view.project()));
  }

  /// A further lane; refused when the name is taken.
  public SessionView.LaneView addLane(SessionId session, String name, String role, String policy) {
    return creation.lane(session, name, role, policy);
  }

  /// Closes a lane for good; `worker` and `planner` are refused.
  public void closeLane(SessionId session, String nameOrId) {
    var view = lane(session, nameOrId).view();
    if (view.name().equals("worker") || view.name().equals("planner")) {
      throw Refused.conflict(
          "lane_fixed", "The lane '" + view.name() + "' lives as long as its session.");
    }
    lanes.end(view.id(), "lane-closed");
    around
        .database()
        .writeNow(handle -> {
          Catalogue.closeLane(handle, view.id(), around.clock().instant());
          return true;
        });
    bulletin.touch(session);
  }

  /// The lane of that name or id (`main` means worker).
  public Lane lane(SessionId session, String nameOrId) {
    return lanes.find(session, nameOrId);
  }

  public Lane lane(LaneId lane) {
    return lanes.find(lane);
  }

  /// Open asks of all sessions, oldest first.
  public List<Ask> openAsks() {
    return around.journal().openAsks(null);
  }

  /// The lane whose conversation an agent calls exactly so.
  ///
  /// @throws Refused not found
  public Lane laneOfThread(String nativeId) {
    return lane(
        around
            .database()
            .read(handle -> ThreadRows.lane(handle, nativeId))
            .orElseThrow(() ->
                Refused.notFound(
                    "unknown_thread",
                    "No lane has a thread that its agent calls \"" + nativeId + "\".")));
  }

  /// The lane that can answer this ask, whatever state it is in.
  public Lane laneOf(AskId ask) {
    return lane(
        around
            .journal()
            .ask(ask)
            .orElseThrow(() -> Refused.notFound("unknown_ask", "There is no ask " + ask + "."))
            .lane());
  }

  /// Tells `listener` every change from now on, in order, on one thread that must not be blocked
  /// for long; close the result to end it.
  public AutoCloseable watch(Consumer<Change> listener) {
    return bulletin.watch(listener);
  }

  /// Ends running turns as interrupted and every lane's actor; idempotent.
  @Override
  public void close() {
    lanes.close();
    bulletin.close();
    timers.close();
  }

  private List<Change> present(SessionId session) {
    try {
      return List.of(new Change.SessionChanged(session(session)));
    } catch (Refused e) {
      return List.of();
    }
  }

  private static LaneState laneState(String name) {
    try {
      return LaneState.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw Refused.invalid(
          "unknown_state",
          "No state '" + name + "'; there is: idle, queued, running, waiting, error.");
    }
  }
}
