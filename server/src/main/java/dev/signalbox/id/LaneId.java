package dev.signalbox.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// Names one lane; opaque, sorts by creation time.
public record LaneId(@JsonValue String value) implements Comparable<LaneId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public LaneId {
    Opaque.require(value, "lane");
  }

  @Override
  public int compareTo(LaneId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
