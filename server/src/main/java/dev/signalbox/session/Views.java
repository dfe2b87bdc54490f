package dev.signalbox.session;

import dev.signalbox.event.LaneState;
import dev.signalbox.event.Turn;
import dev.signalbox.id.LaneId;
import dev.signalbox.journal.Journal;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Makes what others see out of rows and glances.
final class Views {
  private Views() {}

  static SessionView.LaneView lane(LaneRow row, @Nullable LaneGlance glance) {
    var chosen = glance == null ? LaneGlance.Chosen.NOTHING : glance.chosen();
    return lane(row, glance == null ? LaneState.IDLE : glance.state(), chosen);
  }

  static SessionView.LaneView lane(LaneRow row, LaneState state, LaneGlance.Chosen chosen) {
    return new SessionView.LaneView(
        row.id(),
        row.name(),
        row.role(),
        row.policy(),
        state,
        "none",
        chosen.agent(),
        chosen.model(),
        chosen.mode());
  }

  /// @param glance the live state of a lane that is in memory, or null
  static SessionView session(
      Catalogue.SessionRow row,
      List<Catalogue.LaneEntry> lanes,
      Function<LaneId, @Nullable LaneGlance> glance) {
    var views =
        lanes.stream()
            .map(entry -> {
              var live = glance.apply(entry.row().id());
              return live == null
                  ? lane(entry.row(), LaneState.IDLE, entry.chosen())
                  : lane(entry.row(), live.state(), live.chosen());
            })
            .toList();
    return new SessionView(
        row.id(),
        row.project(),
        row.title(),
        urgent(views),
        row.isolation(),
        row.worktree(),
        row.createdAt(),
        row.updatedAt(),
        views);
  }

  private static LaneState urgent(List<SessionView.LaneView> lanes) {
    for (var state :
        List.of(LaneState.WAITING, LaneState.ERROR, LaneState.RUNNING, LaneState.QUEUED)) {
      if (lanes.stream().anyMatch(lane -> lane.state() == state)) {
        return state;
      }
    }
    return LaneState.IDLE;
  }

  /// The receipt of a prompt that is known already.
  static Submitted receipt(Journal.Sent sent) {
    boolean queued = sent.turn().state() == Turn.State.QUEUED;
    return new Submitted(sent.turn().id(), queued ? "queued" : "running", sent.seq());
  }
}
