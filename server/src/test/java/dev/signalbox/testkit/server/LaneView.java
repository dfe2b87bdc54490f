package dev.signalbox.testkit.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a client knows of a lane, kept by the contract's rules over any number of connections:
/// facts by dense number, deltas overwrite at their offset, a completed item replaces what was
/// heard. Whatever the server does against its rules is a complaint. Any thread may ask; one socket
/// at a time may tell.
public final class LaneView {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> GROWING = List.of("text", "output", "diff");

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition heard = lock.newCondition();
  // all guarded by lock
  private final List<String> facts = new ArrayList<>();
  private final Map<String, Map<String, StringBuilder>> open = new HashMap<>();
  private final List<String> complaints = new ArrayList<>();
  private final List<JsonNode> others = new ArrayList<>();
  private String epoch = "";
  private JsonNode welcome = JSON.createObjectNode();
  private int deltas;
  private int welcomes;
  private int shortened;

  /// The number of the last fact.
  public long seq() {
    return locked(facts::size);
  }

  public String epoch() {
    return locked(() -> epoch);
  }

  public int deltas() {
    return locked(() -> deltas);
  }

  /// How often a connection was welcomed.
  public int welcomes() {
    return locked(() -> welcomes);
  }

  /// How often a completed item was shorter than what had been heard of it. Only the death of a
  /// server excuses it.
  public int shortened() {
    return locked(() -> shortened);
  }

  public JsonNode welcome() {
    return locked(() -> welcome);
  }

  /// Every fact as its JSON text, in order.
  public List<String> facts() {
    return locked(() -> List.copyOf(facts));
  }

  /// The facts of a type, in order.
  public List<JsonNode> facts(String type) {
    return facts().stream()
        .<JsonNode>map(JSON::readTree)
        .filter(fact -> fact.path("type").asString("").equals(type))
        .toList();
  }

  /// Frames that are neither facts nor deltas (`ack`, `error`, `reset`, …), in order.
  public List<JsonNode> others() {
    return locked(() -> List.copyOf(others));
  }

  /// What the server did against the contract, as sentences.
  public List<String> complaints() {
    return locked(() -> List.copyOf(complaints));
  }

  /// A growing field of an open item as heard so far; empty when the item is not open.
  public String growing(String item, String field) {
    return locked(() -> {
      var fields = open.get(item);
      var text = fields == null ? null : fields.get(field);
      return text == null ? "" : text.toString();
    });
  }

  /// Waits for a fact after number `after`.
  ///
  /// @throws AssertionError with what came instead when it does not come in time
  public JsonNode await(long after, Duration limit, Predicate<JsonNode> wanted) {
    return next(after, limit, wanted)
        .orElseThrow(() -> new AssertionError("it did not come: " + tail()));
  }

  /// Waits for a fact after number `after`; empty when it does not come in time.
  public Optional<JsonNode> next(long after, Duration limit, Predicate<JsonNode> wanted) {
    return awaitValue(
        limit,
        view -> {
          for (int i = Math.toIntExact(after); i < view.facts.size(); i++) {
            JsonNode fact = JSON.readTree(view.facts.get(i));
            if (wanted.test(fact)) {
              return Optional.of(fact);
            }
          }
          return Optional.empty();
        });
  }

  /// Waits until something has been heard.
  ///
  /// @return whether it came in time
  public boolean awaitUntil(Duration limit, Predicate<LaneView> wanted) {
    return awaitValue(
            limit, view -> wanted.test(view) ? Optional.of(true) : Optional.<Boolean>empty())
        .isPresent();
  }

  /// The end of a turn.
  public JsonNode awaitEnd(String turn, Duration limit) {
    return await(
        0,
        limit,
        fact ->
            fact.path("type").asString("").equals("turn.ended")
                && fact.path("turn").asString("").equals(turn));
  }

  private <T> Optional<T> awaitValue(Duration limit, Function<LaneView, Optional<T>> look) {
    lock.lock();
    try {
      long left = limit.toNanos();
      var found = look.apply(this);
      while (found.isEmpty() && left > 0) {
        left = heard.awaitNanos(left);
        found = look.apply(this);
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private String tail() {
    return locked(
        () -> String.join("\n", facts.subList(Math.max(0, facts.size() - 20), facts.size())));
  }

  /// Takes one frame.
  ///
  /// @return the item the client has to ask for, because a delta began beyond what is known
  Optional<String> take(JsonNode frame) {
    lock.lock();
    try {
      heard.signalAll();
      if (frame.has("seq") && frame.has("lane") && frame.has("at")) {
        factLocked(frame);
        return Optional.empty();
      }
      return switch (frame.path("type").asString("")) {
        case "delta" -> deltaLocked(frame);
        case "welcome" -> welcomeLocked(frame);
        case "item" -> itemLocked(frame.path("item"));
        default -> {
          others.add(frame);
          yield Optional.empty();
        }
      };
    } finally {
      lock.unlock();
    }
  }

  /// Deltas held by the last connection may be sent again from 0: what is known stays until then.
  private Optional<String> welcomeLocked(JsonNode frame) {
    welcomes++;
    welcome = frame;
    String now = frame.path("epoch").asString("");
    if (!epoch.isEmpty() && !epoch.equals(now)) {
      complaints.add("epoch was " + epoch + ", is " + now);
    }
    epoch = now;
    return Optional.empty();
  }

  private void factLocked(JsonNode fact) {
    long seq = fact.path("seq").asLong();
    if (seq != facts.size() + 1) {
      complaints.add("fact " + seq + " came where " + (facts.size() + 1) + " was due");
      return;
    }
    facts.add(fact.toString());
    JsonNode item = fact.path("item");
    String id = item.path("id").asString("");
    switch (fact.path("type").asString("")) {
      case "item.started" -> open.put(id, new HashMap<>());
      case "item.updated" -> GROWING.forEach(field -> complainIfPresentLocked(item, field));
      case "item.completed" -> completedLocked(id, item);
      default -> {} // the number counts
    }
  }

  private void complainIfPresentLocked(JsonNode item, String field) {
    if (item.has(field)) {
      complaints.add("item.updated carries " + field + ": " + item);
    }
  }

  /// Text that grew must be how the whole begins, unless the whole is cut. What a tool shows may be
  /// replaced at its end: agents repeat it whole, and the last word counts.
  private void completedLocked(String id, JsonNode item) {
    var fields = open.remove(id);
    if (fields == null) {
      complaints.add("item.completed without item.started: " + id);
      return;
    }
    if (item.path("truncated").asBoolean(false)) {
      return;
    }
    fields.forEach((field, heardText) -> {
      String whole = item.path(field).asString("");
      String grown = heardText.toString();
      if (whole.length() < grown.length() && grown.startsWith(whole)) {
        shortened++;
      } else if (!whole.startsWith(grown) && field.equals("text")) {
        complaints.add("%s of %s grew to «%s», is «%s»".formatted(field, id, grown, whole));
      }
    });
  }

  private Optional<String> deltaLocked(JsonNode delta) {
    deltas++;
    String item = delta.path("item").asString("");
    var fields = open.get(item);
    if (fields == null) {
      complaints.add("delta of an item that is not open: " + delta);
      return Optional.empty();
    }
    var text = fields.computeIfAbsent(delta.path("field").asString(""), _ -> new StringBuilder());
    int at = delta.path("at").asInt();
    String piece = delta.path("text").asString("");
    if (endsInsidePair(piece)) {
      complaints.add("delta ends inside a surrogate pair: " + delta);
    }
    if (at > text.length()) {
      return Optional.of(item);
    }
    text.replace(at, Math.min(text.length(), at + piece.length()), piece);
    return Optional.empty();
  }

  private static boolean endsInsidePair(String piece) {
    return !piece.isEmpty() && Character.isHighSurrogate(piece.charAt(piece.length() - 1));
  }

  private Optional<String> itemLocked(JsonNode item) {
    var fields = open.get(item.path("id").asString(""));
    if (fields != null) {
      for (String field : GROWING) {
        if (item.has(field)) {
          fields.put(field, new StringBuilder(item.path(field).asString("")));
        }
      }
    }
    return Optional.empty();
  }

  private <T> T locked(Supplier<T> supplier) {
    lock.lock();
    try {
      return supplier.get();
    } finally {
      lock.unlock();
    }
  }
}
