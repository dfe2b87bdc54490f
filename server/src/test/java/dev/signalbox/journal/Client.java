package dev.signalbox.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client that believes nothing: it applies frames as the contract says and fails at the first
/// that breaks a rule.
final class Client {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> GROWING = List.of("text", "output", "diff");

  @Nullable String epoch;
  long seq;

  /// Facts by number, as they came.
  final List<String> facts = new ArrayList<>();

  /// Items in the order in which they began, as they are now, with their text.
  final Map<String, Map<String, String>> items = new LinkedHashMap<>();

  private final Set<String> open = new HashSet<>();
  int resets;
  int gaps;

  /// After a (re)connect.
  void welcome(Cursor.Opening opening) {
    switch (opening) {
      case Cursor.Opening.Replay(var inEpoch, var last) -> {
        epoch = inEpoch;
        assertThat(seq).isLessThanOrEqualTo(last);
      }
      case Cursor.Opening.Afresh(var inEpoch, _, var frame) -> {
        apply(frame);
        assertThat(epoch).isEqualTo(inEpoch);
        assertThat(seq).isZero();
      }
      case Cursor.Opening.Reset reset -> {
        apply(reset.frame());
        assertThat(epoch).isEqualTo(reset.epoch());
      }
    }
  }

  void apply(List<String> frames) {
    frames.forEach(this::apply);
  }

  void apply(String frame) {
    JsonNode node = JSON.readTree(frame);
    switch (node.get("type").asString()) {
      case "delta" -> delta(node);
      case "reset" -> reset(node);
      case "item" -> put(node.get("item"));
      default -> fact(frame, node);
    }
  }

  private void fact(String frame, JsonNode node) {
    assertThat(node.get("seq").asLong()).as("the number after %d", seq).isEqualTo(seq + 1);
    seq++;
    facts.add(frame);
    switch (node.get("type").asString()) {
      case "item.started" -> {
        String id = node.at("/item/id").asString();
        assertThat(items).doesNotContainKey(id);
        GROWING.forEach(field -> assertThat(node.get("item").has(field)).isFalse());
        put(node.get("item"));
      }
      case "item.updated" ->
          GROWING.forEach(field -> assertThat(node.get("item").has(field)).isFalse());
      case "item.completed" -> put(node.get("item"));
      default -> {}
    }
  }

  private void put(JsonNode item) {
    String id = item.get("id").asString();
    var texts = new LinkedHashMap<String, String>();
    for (String field : GROWING) {
      if (item.has(field)) {
        texts.put(field, item.get(field).asString());
      }
    }
    if (item.get("status").asString().equals("open")) {
      open.add(id);
    } else {
      open.remove(id);
    }
    items.put(id, texts);
  }

  private void delta(JsonNode node) {
    String id = node.get("item").asString();
    assertThat(open).as("a delta only for an item that has begun and not ended").contains(id);
    String field = node.get("field").asString();
    int at = node.get("at").asInt();
    String text = node.get("text").asString();
    assertThat(text).isNotEmpty();
    assertThat(Character.isHighSurrogate(text.charAt(text.length() - 1))).isFalse();
    var old = items.get(id).getOrDefault(field, "");
    if (at > old.length()) {
      gaps++;
      return;
    }
    int end = at + text.length();
    String rest = end < old.length() ? old.substring(end) : "";
    items.get(id).put(field, old.substring(0, at) + text + rest);
  }

  private void reset(JsonNode node) {
    resets++;
    epoch = node.get("epoch").asString();
    seq = node.get("seq").asLong();
    facts.clear();
    items.clear();
    open.clear();
    node.get("items").forEach(this::put);
  }
}
