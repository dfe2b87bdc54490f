package dev.signalbox.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// Names one job; opaque, sorts by creation time.
public record JobId(@JsonValue String value) implements Comparable<JobId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public JobId {
    Opaque.require(value, "job");
  }

  @Override
  public int compareTo(JobId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
