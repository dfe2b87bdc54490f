package dev.signalbox.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Queue;
import dev.signalbox.event.ThreadState;
import dev.signalbox.event.Turn;
import dev.signalbox.http.Commands.AnswerBody;
import dev.signalbox.http.Commands.InterruptBody;
import dev.signalbox.http.Commands.QueueBody;
import dev.signalbox.http.Commands.TurnBody;
import dev.signalbox.http.Commands.TurnPatch;
import dev.signalbox.id.TurnId;
import dev.signalbox.id.UploadId;
import dev.signalbox.refusal.Refused;
import dev.signalbox.session.Submitted;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns, their queue, and asks: what is done in a lane.
final class LaneRoutes {
  /// @param turns newest first
  record Turns(Queue queue, List<Turn> turns) {}

  /// @param turn null when nothing ran
  record Interrupted(@Nullable TurnId turn) {}

  /// An upload, which turns name by its id. Width and height in pixels, when the file says.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Stored(
      UploadId id, String type, long bytes, @Nullable Integer width, @Nullable Integer height) {}

  private static final String LANE = "/api/sessions/{session}/lanes/{lane}";

  private LaneRoutes() {}

  static List<Route> routes() {
    return List.of(
        Route.post(LANE + "/turns", "Send a prompt")
            .takes(TurnBody.class, Route.LONGEST)
            .answers(202, Submitted.class)
            .by(LaneRoutes::submit),
        Route.get(LANE + "/turns", "The queue and the past, newest first")
            .with("before", "limit")
            .answers(Turns.class)
            .by(LaneRoutes::turns),
        Route.of("PATCH", LANE + "/turns/{turn}", "Edit or move a queued turn")
            .takes(TurnPatch.class, Route.LONGEST)
            .answers(Turn.class)
            .by(LaneRoutes::edit),
        Route.of("DELETE", LANE + "/turns/{turn}", "Withdraw a queued turn")
            .by(LaneRoutes::withdraw),
        Route.post(LANE + "/queue", "Go on with the queue, or hold it")
            .takes(QueueBody.class)
            .answers(Queue.class)
            .by(LaneRoutes::queue),
        Route.post(LANE + "/interrupt", "Interrupt the running turn")
            .takes(InterruptBody.class)
            .answers(202, Interrupted.class)
            .by(LaneRoutes::interrupt),
        Route.get(LANE + "/threads", "The agents' own conversations behind the lane")
            .answersListOf(ThreadState.class)
            .by(call -> Reply.ok(call.lane().threads())),
        Route.get("/api/asks", "Open asks, oldest first")
            .with("state")
            .answersListOf(Ask.class)
            .by(LaneRoutes::asks),
        Route.post("/api/asks/{ask}", "Answer an ask, once")
            .takes(AnswerBody.class)
            .answers(Ask.class)
            .by(LaneRoutes::answer),
        Route.post("/api/uploads", "Store an image (raw body, at most 10 MB)")
            .answers(Stored.class)
            .by(LaneRoutes::upload),
        Route.get("/api/uploads/{upload}", "The image itself").by(LaneRoutes::download));
  }

  private static @Nullable String key(Call call) {
    return call.context().header("Idempotency-Key");
  }

  private static Reply submit(Call call) throws Exception {
    return new Reply.Json(202, Commands.submit(call.lane(), call.body(TurnBody.class), key(call)));
  }

  private static Reply turns(Call call) {
    var before = call.query("before");
    var lane = call.lane();
    var turns =
        lane.turns(
            before == null ? null : Call.id(before, "turn", TurnId::new),
            (int) call.number("limit", 50, 1, 200));
    return Reply.ok(new Turns(lane.queued(), turns));
  }

  private static Reply edit(Call call) throws Exception {
    return Reply.ok(Commands.edit(call.lane(), call.turn(), call.body(TurnPatch.class), key(call)));
  }

  private static Reply withdraw(Call call) {
    call.lane().withdraw(call.turn(), key(call));
    return new Reply.Nothing();
  }

  private static Reply queue(Call call) throws Exception {
    return Reply.ok(Commands.queue(call.lane(), call.body(QueueBody.class), key(call)));
  }

  private static Reply interrupt(Call call) throws Exception {
    var body = call.bodyOr(InterruptBody.class, InterruptBody.EMPTY);
    var turn = Commands.interrupt(call.lane(), body, key(call));
    return new Reply.Json(turn == null ? 200 : 202, new Interrupted(turn));
  }

  private static Reply asks(Call call) {
    var state = call.query("state");
    if (state != null && !state.equals("open")) {
      throw Refused.invalid(
          "unknown_state",
          "Asks are listed with state=open only, not %s.".formatted(Call.brief(state)));
    }
    return Reply.ok(call.rooms().sessions().openAsks());
  }

  private static Reply answer(Call call) throws Exception {
    return Reply.ok(
        Commands.answer(
            call.rooms(), call.ask(), call.body(AnswerBody.class), key(call), call.principal()));
  }

  private static Reply upload(Call call) throws Exception {
    var it = call.rooms().uploads().store(call.raw(Uploads.LONGEST));
    return Reply.ok(new Stored(it.upload(), it.type(), it.bytes(), it.width(), it.height()));
  }

  private static Reply download(Call call) {
    var upload =
        call.rooms()
            .uploads()
            .find(Call.id(call.path("upload"), "upload", UploadId::new))
            .orElseThrow(() ->
                Refused.notFound(
                    "unknown_upload", "There is no upload " + call.path("upload") + "."));
    return (Reply.Stream)
        context -> {
          context.contentType(upload.attachment().type());
          context.header("Content-Disposition", "attachment");
          context.header("Cache-Control", "private, max-age=31536000, immutable");
          java.nio.file.Files.copy(upload.file(), context.res().getOutputStream());
        };
  }
}
