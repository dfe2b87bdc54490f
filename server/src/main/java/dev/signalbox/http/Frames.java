package dev.signalbox.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.agent.AgentView;
import dev.signalbox.agent.ProcessView;
import dev.signalbox.event.AgentCommands;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Item;
import dev.signalbox.event.Queue;
import dev.signalbox.event.ThreadState;
import dev.signalbox.event.Turn;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.JobId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import dev.signalbox.job.JobView;
import dev.signalbox.session.ProjectView;
import dev.signalbox.session.SessionView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The frames that this room makes itself; facts, deltas and resets come encoded from the journal.
final class Frames {
  /// What a lane's client gets first. What has happened meanwhile follows as facts, so that a state
  /// which is told twice must be taken as the same.
  ///
  /// @param seq of the last fact
  /// @param running the turn that runs, or null
  /// @param commands the slash commands that each agent announced last
  record LaneWelcome(
      String type,
      SessionId session,
      LaneId lane,
      String epoch,
      long seq,
      @Nullable Turn running,
      List<Ask> asks,
      List<Object> reviews,
      Queue queue,
      SessionView.LaneView view,
      List<ThreadState> threads,
      List<AgentCommands> commands) {}

  // The next three are made by the journal; here they are only described.

  /// The client must forget what it has of the lane.
  record Reset(String type, String epoch, long seq, List<Item> items, boolean more) {}

  /// Text that still grows: it overwrites from `at` (UTF-16 units).
  record Delta(String type, ItemId item, Item.Field field, long at, String text) {}

  /// An item as it is now, when a client asked for it.
  record ItemNow(String type, Item item) {}

  /// The whole of what the list and the inbox show.
  record ListWelcome(
      String type,
      List<ProjectView> projects,
      List<SessionView> sessions,
      List<Ask> asks,
      List<AgentView> agents,
      List<ProcessView> processes,
      List<JobView> jobs,
      Limits limits,
      List<Item.Notice> notices) {}

  /// What the agent processes may be and use together.
  ///
  /// @param processes how many may be up
  /// @param memory in bytes
  record Limits(int processes, long memory) {}

  record AgentChanged(String type, AgentView agent) {}

  /// @param process null when it is gone
  record ProcessChanged(String type, String id, @Nullable ProcessView process) {}

  /// @param job in brief; null when it was removed
  record JobChanged(String type, JobId id, @Nullable JobView job) {}

  record NoticeFrame(String type, Item.Notice notice) {}

  /// A command was carried out.
  ///
  /// @param command its `type`
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Ack(String type, String command, @Nullable String clientId, @Nullable Object result) {}

  /// A command was refused, or the socket is about to be closed.
  ///
  /// @param command its `type`, when it had one
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Failure(
      String type,
      @Nullable String command,
      @Nullable String clientId,
      int status,
      String code,
      String detail,
      @Nullable Object extra) {}

  private Frames() {}

  static String ack(String command, @Nullable String clientId, @Nullable Object result) {
    return Wire.text(new Ack("ack", command, clientId, result));
  }

  static String error(@Nullable String command, @Nullable String clientId, ProblemBody problem) {
    return Wire.text(
        new Failure(
            "error",
            command == null || command.isEmpty() ? null : command,
            clientId,
            problem.status(),
            problem.code(),
            problem.detail(),
            problem.extra()));
  }
}
