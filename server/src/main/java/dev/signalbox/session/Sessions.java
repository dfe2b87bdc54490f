package dev.signalbox.session;

import dev.signalbox.event.Ask;
import dev.signalbox.id.AskId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.id.SessionId;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The way in to projects, sessions and lanes. Any thread may call; calls block until what they did
/// is durable. Refusals are [dev.signalbox.refusal.Refused].
public final class Sessions implements AutoCloseable {

  /// Registers a folder, or finds it when it is registered already (also through a link).
  ///
  /// @param path absolute, `~` expanded; refused when missing, no directory, a system or home root
  public ProjectView addProject(String path, @Nullable String name) {
    throw new UnsupportedOperationException(path);
  }

  public List<ProjectView> projects() {
    throw new UnsupportedOperationException();
  }

  /// Makes a session with its `worker` and `planner` lanes.
  ///
  /// @param isolation `in-place`, or null for the default; `worktree` is refused for now
  public SessionView create(ProjectId project, @Nullable String title, @Nullable String isolation) {
    throw new UnsupportedOperationException();
  }

  /// Newest first; both filters optional; `state` is a lane state's wire name.
  public List<SessionView> list(@Nullable ProjectId project, @Nullable String state) {
    throw new UnsupportedOperationException();
  }

  public SessionView session(SessionId session) {
    throw new UnsupportedOperationException();
  }

  public SessionView rename(SessionId session, String title) {
    throw new UnsupportedOperationException();
  }

  /// Ends its turns as interrupted, closes its threads and removes it.
  public void delete(SessionId session) {
    throw new UnsupportedOperationException();
  }

  /// A further lane; refused when the name is taken.
  public SessionView.LaneView addLane(SessionId session, String name, String role, String policy) {
    throw new UnsupportedOperationException();
  }

  /// Closes a lane for good; `worker` and `planner` are refused.
  public void closeLane(SessionId session, String nameOrId) {
    throw new UnsupportedOperationException();
  }

  /// The lane of that name or id (`main` means worker).
  public Lane lane(SessionId session, String nameOrId) {
    throw new UnsupportedOperationException();
  }

  public Lane lane(LaneId lane) {
    throw new UnsupportedOperationException();
  }

  /// Open asks of all sessions, oldest first.
  public List<Ask> openAsks() {
    throw new UnsupportedOperationException();
  }

  /// The ask in whatever state, with the lane that owns it able to answer it.
  public Lane laneOf(AskId ask) {
    throw new UnsupportedOperationException();
  }

  /// Tells `listener` every change from now on, in order, on one thread that must not be blocked
  /// for long; close the result to end it.
  public AutoCloseable watch(Consumer<Change> listener) {
    throw new UnsupportedOperationException();
  }

  /// Ends running turns as interrupted and every lane's actor; idempotent.
  @Override
  public void close() {}
}
