package dev.signalbox.testkit.fault;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// What a client was told and may rely on for ever.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "told")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Testimony.Stored.class, name = "stored"),
  @JsonSubTypes.Type(value = Testimony.Answered.class, name = "answered"),
  @JsonSubTypes.Type(value = Testimony.Delivered.class, name = "delivered"),
})
public sealed interface Testimony {

  String lane();

  /// A prompt got its 202.
  record Stored(String lane, String clientId, String turn, long seq, String text)
      implements Testimony {}

  /// An answer to an ask got its 200.
  record Answered(String lane, String clientId, String ask, String option) implements Testimony {}

  /// A fact came by a socket or a page.
  ///
  /// @param fact its whole JSON
  record Delivered(String lane, String epoch, long seq, String fact) implements Testimony {}
}
