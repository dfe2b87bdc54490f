package dev.signalbox.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// Names one upload; opaque, sorts by creation time.
public record UploadId(@JsonValue String value) implements Comparable<UploadId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public UploadId {
    Opaque.require(value, "upload");
  }

  @Override
  public int compareTo(UploadId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
