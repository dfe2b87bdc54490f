package dev.signalbox.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// Names one item; opaque, sorts by creation time.
public record ItemId(@JsonValue String value) implements Comparable<ItemId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ItemId {
    Opaque.require(value, "item");
  }

  @Override
  public int compareTo(ItemId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
