package dev.signalbox.session;

import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.Registry;
import dev.signalbox.event.Ask;
import dev.signalbox.event.LaneState;
import dev.signalbox.id.AskId;
import dev.signalbox.id.Ids;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.id.SessionId;
import dev.signalbox.journal.Journal;
import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The way in to projects, sessions and lanes. Any thread may call; calls block until what they did
/// is durable. Refusals are [Refused].
public final class Sessions implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}");
  private static final int LISTED = 200;

  private final Surroundings around;
  private final Projects projects;
  private final Timers timers = new Timers();
  private final Bulletin bulletin = new Bulletin(this::present);
  private final Map<LaneId, Lane> lanes = new ConcurrentHashMap<>();

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
  }

  /// Takes up the lanes in which an earlier server left something: running turns end as
  /// interrupted, queued ones stay queued and are held.
  public void recover() {
    around.journal().unfinishedLanes().forEach(this::lane);
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

  /// Makes a session with its `worker` and `planner` lanes.
  ///
  /// @param isolation `in-place`, or null for the default
  public SessionView create(ProjectId project, @Nullable String title, @Nullable String isolation) {
    if (isolation != null && !isolation.equals("in-place")) {
      throw Refused.invalid(
          "unknown_isolation",
          "No isolation '" + isolation + "' in this version; there is: in-place.");
    }
    var found = projects.require(project);
    var now = around.clock().instant();
    var session =
        new Catalogue.SessionRow(
            around.ids().session(),
            project,
            title == null ? "" : title.strip(),
            "in-place",
            null,
            now,
            now,
            Path.of(found.path()));
    var worker = newLane(session, "worker", "worker", "workspace-write");
    var planner = newLane(session, "planner", "planner", "read-only");
    around
        .database()
        .writeNow(handle -> {
          Catalogue.add(handle, session);
          for (var lane : List.of(worker, planner)) {
            Catalogue.add(handle, lane, around.ids().next("e_"), now);
          }
          return session;
        });
    List.of(worker, planner).forEach(this::tellCreated);
    bulletin.touch(session.id());
    return session(session.id());
  }

  /// Newest first, at most 200; both filters optional; `state` is a lane state's wire name.
  public List<SessionView> list(@Nullable ProjectId project, @Nullable String state) {
    var wanted = state == null ? null : laneState(state);
    return around
        .database()
        .read(handle -> {
          var views = new ArrayList<SessionView>();
          for (var row : Catalogue.sessions(handle, project, LISTED)) {
            views.add(Views.session(row, Catalogue.lanes(handle, row.id()), this::glance));
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
                .map(row -> Views.session(row, Catalogue.lanes(handle, session), this::glance)))
        .orElseThrow(() -> unknownSession(session));
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
    view.lanes().forEach(lane -> end(lane.id(), "session-closed"));
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
    if (!NAME.matcher(name).matches()) {
      throw Refused.invalid("bad_name", "A lane's name is [a-z0-9-]{1,40}; got '" + name + "'.");
    }
    requireOneOf("role", role, List.of("worker", "planner", "review", "chat"));
    requireOneOf("policy", policy, List.of("read-only", "workspace-write"));
    var row =
        around
            .database()
            .read(handle -> Catalogue.session(handle, session))
            .orElseThrow(() -> unknownSession(session));
    var lane = newLane(row, name, role, policy);
    around
        .database()
        .writeNow(handle -> {
          if (name.equals("main")
              || Catalogue.lanes(handle, session).stream()
                  .anyMatch(entry -> entry.row().name().equals(name))) {
            throw Refused.conflict("name_taken", "The session has a lane '" + name + "' already.");
          }
          Catalogue.add(handle, lane, around.ids().next("e_"), around.clock().instant());
          return true;
        });
    tellCreated(lane);
    bulletin.touch(session);
    return Views.lane(lane, null);
  }

  /// Closes a lane for good; `worker` and `planner` are refused.
  public void closeLane(SessionId session, String nameOrId) {
    var view = lane(session, nameOrId).view();
    if (view.name().equals("worker") || view.name().equals("planner")) {
      throw Refused.conflict(
          "lane_fixed", "The lane '" + view.name() + "' lives as long as its session.");
    }
    end(view.id(), "lane-closed");
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
    var name = nameOrId.equals("main") ? "worker" : nameOrId;
    var entries = around.database().read(handle -> Catalogue.lanes(handle, session));
    if (entries.isEmpty()) {
      throw unknownSession(session);
    }
    for (var entry : entries) {
      if (entry.row().name().equals(name) || entry.row().id().value().equals(name)) {
        return lanes.computeIfAbsent(entry.row().id(), id -> takeUp(entry));
      }
    }
    throw Refused.notFound(
        "unknown_lane",
        "The session "
            + session
            + " has no lane '"
            + nameOrId
            + "'; it has: "
            + entries.stream().map(e -> e.row().name()).collect(Collectors.joining(", "))
            + ".");
  }

  public Lane lane(LaneId lane) {
    var known = lanes.get(lane);
    if (known != null) {
      return known;
    }
    var entry =
        around
            .database()
            .read(handle -> Catalogue.lane(handle, lane))
            .orElseThrow(() -> Refused.notFound("unknown_lane", "There is no lane " + lane + "."));
    return lanes.computeIfAbsent(lane, id -> takeUp(entry));
  }

  /// Open asks of all sessions, oldest first.
  public List<Ask> openAsks() {
    return around.journal().openAsks(null);
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
    var threads = new ArrayList<Thread>();
    for (var lane : lanes.values()) {
      threads.add(Thread.ofVirtual().start(() -> quietly(() -> lane.close("shutdown"))));
    }
    for (var thread : threads) {
      try {
        thread.join(java.time.Duration.ofSeconds(12));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    lanes.clear();
    bulletin.close();
    timers.close();
  }

  private static void quietly(Runnable work) {
    try {
      work.run();
    } catch (Refused e) {
      // it had ended already
    }
  }

  private Lane takeUp(Catalogue.LaneEntry entry) {
    var actor = new LaneActor(entry.row(), around, LaneMemory.recall(around, entry));
    actor.start();
    return new Lane(actor, around);
  }

  private void end(LaneId id, String reason) {
    var lane = lanes.remove(id);
    if (lane != null) {
      quietly(() -> lane.close(reason));
    }
    around.pool().closeLane(id);
  }

  private @Nullable LaneGlance glance(LaneId id) {
    var lane = lanes.get(id);
    return lane == null ? null : lane.glance();
  }

  private List<Change> present(SessionId session) {
    try {
      return List.of(new Change.SessionChanged(session(session)));
    } catch (Refused e) {
      return List.of();
    }
  }

  private LaneRow newLane(Catalogue.SessionRow session, String name, String role, String policy) {
    return new LaneRow(around.ids().lane(), session.id(), name, role, policy, session.directory());
  }

  private void tellCreated(LaneRow lane) {
    bulletin.post(
        new Change.LaneCreated(
            lane.session(),
            lane.id(),
            Views.lane(lane, null),
            null,
            lane.directory().toString(),
            null));
  }

  private static void requireOneOf(String what, String value, List<String> known) {
    if (!known.contains(value)) {
      throw Refused.invalid(
          "unknown_" + what,
          "No " + what + " '" + value + "'; there is: " + String.join(", ", known) + ".");
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

  private static Refused unknownSession(SessionId session) {
    return Refused.notFound("unknown_session", "There is no session " + session + ".");
  }
}
