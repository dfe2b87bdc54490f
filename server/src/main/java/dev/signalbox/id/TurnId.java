package dev.signalbox.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// Names one turn; opaque, sorts by creation time.
public record TurnId(@JsonValue String value) implements Comparable<TurnId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public TurnId {
    Opaque.require(value, "turn");
  }

  @Override
  public int compareTo(TurnId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
