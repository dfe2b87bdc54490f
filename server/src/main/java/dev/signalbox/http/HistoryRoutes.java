package dev.signalbox.http;

import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import dev.signalbox.journal.Journal;
import dev.signalbox.refusal.Refused;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What happened in a lane: its facts, and the items they made.
final class HistoryRoutes {
  private static final String LANE = "/api/sessions/{session}/lanes/{lane}";
  private static final int MOST_ITEMS = 200;
  private static final int MOST_EVENTS = 5_000;
  private static final int MOST_UNITS = 1 << 20;

  private final EventStream stream;

  HistoryRoutes(EventStream stream) {
    this.stream = stream;
  }

  List<Route> routes() {
    return List.of(
        Route.get(LANE + "/items", "Items, newest page first, in order within a page")
            .with("before", "limit")
            .answers(Journal.ItemPage.class)
            .by(HistoryRoutes::items),
        Route.get("/api/items/{item}", "One item").answers(Item.class).by(HistoryRoutes::item),
        Route.get("/api/items/{item}/{field}", "A part of a long field of an item")
            .with("from", "len")
            .answers(Journal.FieldSlice.class)
            .by(HistoryRoutes::field),
        Route.get(LANE + "/events", "Facts after a number; as server-sent events: and then live")
            .with("after", "limit")
            .answers(EventPage.class)
            .by(this::events));
  }

  /// How a page of facts looks; for the documentation only, because facts are kept encoded.
  record EventPage(String epoch, List<dev.signalbox.event.Fact> events, long seq, boolean more) {}

  private static Reply items(Call call) {
    var before = call.query("before");
    return Reply.ok(
        call.rooms()
            .journal()
            .items(
                call.lane().id(),
                before == null ? null : Call.id(before, "item", ItemId::new),
                (int) call.number("limit", 50, 1, MOST_ITEMS)));
  }

  private static Reply item(Call call) {
    return Reply.ok(
        call.rooms()
            .journal()
            .item(call.item())
            .orElseThrow(
                () -> Refused.notFound("unknown_item", "There is no item " + call.item() + ".")));
  }

  private static Reply field(Call call) {
    var name = call.path("field");
    var field =
        Arrays.stream(Item.Field.values())
            .filter(f -> f.name().toLowerCase(Locale.ROOT).equals(name))
            .findFirst()
            .orElseThrow(() ->
                Refused.notFound(
                    "unknown_field",
                    "Items have no long field %s; there is: %s."
                        .formatted(Call.brief(name), names())));
    return Reply.ok(
        call.rooms()
            .journal()
            .field(
                call.item(),
                field,
                call.number("from", 0, 0, Long.MAX_VALUE),
                (int) call.number("len", MOST_UNITS, 1, MOST_UNITS)));
  }

  private static String names() {
    return Arrays.stream(Item.Field.values())
        .map(f -> f.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  private Reply events(Call call) {
    var accept = call.context().header("Accept");
    if (accept != null && accept.contains("text/event-stream")) {
      return stream.open(call);
    }
    var page =
        call.rooms()
            .journal()
            .events(
                call.lane().id(),
                call.number("after", 0, 0, Long.MAX_VALUE),
                (int) call.number("limit", MOST_EVENTS, 1, MOST_EVENTS));
    return new Reply.Raw(
        200,
        "{\"epoch\":%s,\"events\":[%s],\"seq\":%d,\"more\":%b}"
            .formatted(
                Wire.text(page.epoch()), String.join(",", page.events()), page.seq(), page.more()));
  }
}
