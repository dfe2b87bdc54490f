package dev.signalbox.event;

import com.fasterxml.jackson.annotation.JsonProperty;

public enum LaneState {
  @JsonProperty("idle")
  IDLE,
  @JsonProperty("queued")
  QUEUED,
  @JsonProperty("running")
  RUNNING,
  @JsonProperty("waiting")
  WAITING,
  @JsonProperty("error")
  ERROR
}
