package dev.signalbox.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// Names one ask; opaque, sorts by creation time.
public record AskId(@JsonValue String value) implements Comparable<AskId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public AskId {
    Opaque.require(value, "ask");
  }

  @Override
  public int compareTo(AskId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
