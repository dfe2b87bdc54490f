package dev.signalbox.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// Names one session; opaque, sorts by creation time.
public record SessionId(@JsonValue String value) implements Comparable<SessionId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SessionId {
    Opaque.require(value, "session");
  }

  @Override
  public int compareTo(SessionId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
