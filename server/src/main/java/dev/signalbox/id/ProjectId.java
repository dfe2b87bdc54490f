package dev.signalbox.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// Names one project; opaque, sorts by creation time.
public record ProjectId(@JsonValue String value) implements Comparable<ProjectId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ProjectId {
    Opaque.require(value, "project");
  }

  @Override
  public int compareTo(ProjectId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
