package dev.signalbox.journal;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A fact on its way into the store, and what became of it. Made by the caller of an append,
/// written by the writer's thread, read by the publisher.
final class Draft {
  private final LaneId lane;
  private final @Nullable String clientId;
  private final FactType type;
  private final @Nullable Fact fact;
  private final @Nullable String row;
  private final @Nullable String stored;
  private String shown;
  private @Nullable Completion completion;
  private boolean begun;
  private long seq;
  private long at;
  private long ref;

  /// @param fact null when it could not be encoded: then it changes no turn, item or ask
  /// @param row what the row of its item or ask holds, if it has one
  /// @param stored what the event row holds; null when what it refers to has it
  /// @param shown the fields as clients get them
  Draft(
      LaneId lane,
      @Nullable String clientId,
      FactType type,
      @Nullable Fact fact,
      @Nullable String row,
      @Nullable String stored,
      String shown) {
    this.lane = lane;
    this.clientId = clientId;
    this.type = type;
    this.fact = fact;
    this.row = row;
    this.stored = stored;
    this.shown = shown;
  }

  /// How an item's growing text is stored at its end.
  ///
  /// @param item its JSON without growing text
  /// @param endings for each field what is known of it here; a field that is not named is taken as
  ///   the store has it
  /// @param grown as it is shown, or null when only the store can tell
  record Completion(
      String item, Map<Item.Field, GrowingText.Ending> endings, @Nullable Grown grown) {
    Completion {
      endings = Map.copyOf(endings);
    }
  }

  Draft completing(Completion completion) {
    this.completion = completion;
    return this;
  }

  LaneId lane() {
    return lane;
  }

  @Nullable String clientId() {
    return clientId;
  }

  FactType type() {
    return type;
  }

  @Nullable Fact fact() {
    return fact;
  }

  /// @param is whether this made its item an open one
  Draft begun(boolean is) {
    begun = is;
    return this;
  }

  /// The item that begins with this, if one does.
  @Nullable ItemId begins() {
    return begun && fact instanceof Fact.ItemStarted(Item item) ? item.id() : null;
  }

  /// The item that ends with this, if one does.
  @Nullable ItemId ends() {
    return fact instanceof Fact.ItemCompleted(Item item) ? item.id() : null;
  }

  @Nullable String row() {
    return row;
  }

  @Nullable String stored() {
    return stored;
  }

  @Nullable Completion completion() {
    return completion;
  }

  /// Once the store has told what only it knew.
  void shown(String fields) {
    shown = fields;
  }

  void numbered(long number, long millis) {
    seq = number;
    at = millis;
  }

  /// Number of the item or ask row it is about.
  void refersTo(long number) {
    ref = number;
  }

  long seq() {
    return seq;
  }

  long atMillis() {
    return at;
  }

  long ref() {
    return ref;
  }

  Journal.Stored asStored() {
    return new Journal.Stored(lane, seq, Instant.ofEpochMilli(at));
  }

  String frame() {
    return Frames.fact(lane, seq, at, type, clientId, shown);
  }
}
