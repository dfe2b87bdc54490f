package dev.signalbox.session;

import dev.signalbox.id.SessionId;
import dev.signalbox.refusal.Refused;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How sessions and lanes come to be: their rows at once, then everybody is told. A lane is there,
/// with its id, before anything can happen in it. Any thread may call.
final class Creation {
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}");

  private final Surroundings around;

  Creation(Surroundings around) {
    this.around = around;
  }

  /// @throws Refused when there is no such isolation; null is the default
  static void requireIsolation(@Nullable String isolation) {
    if (isolation != null && !isolation.equals("in-place")) {
      throw Refused.invalid(
          "unknown_isolation",
          "No isolation '" + isolation + "' in this version; there is: in-place.");
    }
  }

  /// A session with its `worker` and `planner` lanes.
  SessionId session(ProjectView project, @Nullable String title) {
    var now = around.clock().instant();
    var session =
        new Catalogue.SessionRow(
            around.ids().session(),
            project.id(),
            title == null ? "" : title.strip(),
            "in-place",
            null,
            now,
            now,
            Path.of(project.path()));
    var lanes =
        List.of(
            row(session, "worker", "worker", "workspace-write"),
            row(session, "planner", "planner", "read-only"));
    around
        .database()
        .writeNow(handle -> {
          Catalogue.add(handle, session);
          for (var lane : lanes) {
            Catalogue.add(handle, lane, around.ids().next("e_"), now);
          }
          return session;
        });
    lanes.forEach(this::tell);
    around.bulletin().touch(session.id());
    return session.id();
  }

  /// A further lane.
  SessionView.LaneView lane(SessionId session, String name, String role, String policy) {
    if (!NAME.matcher(name).matches()) {
      throw Refused.invalid("bad_name", "A lane's name is [a-z0-9-]{1,40}; got '" + name + "'.");
    }
    requireOneOf("role", role, List.of("worker", "planner", "review", "chat"));
    requireOneOf("policy", policy, List.of("read-only", "workspace-write"));
    var owner =
        around
            .database()
            .read(handle -> Catalogue.session(handle, session))
            .orElseThrow(() -> LiveLanes.unknownSession(session));
    var lane = row(owner, name, role, policy);
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
    tell(lane);
    around.bulletin().touch(session);
    return Views.lane(lane, null);
  }

  private LaneRow row(Catalogue.SessionRow session, String name, String role, String policy) {
    return new LaneRow(around.ids().lane(), session.id(), name, role, policy, session.directory());
  }

  private void tell(LaneRow lane) {
    around
        .bulletin()
        .post(
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
}
