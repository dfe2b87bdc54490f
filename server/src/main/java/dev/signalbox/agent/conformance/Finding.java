package dev.signalbox.agent.conformance;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/// How an agent did in one scenario.
///
/// @param scenario its short name
/// @param title what was tried, in a few words
/// @param detail why it failed or was not tried, or what is worth knowing; null for nothing
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Finding(
    String scenario, String title, Verdict verdict, @Nullable String detail, long millis) {
  /// Whether the agent did it.
  public enum Verdict {
    @JsonProperty("pass")
    PASS,
    @JsonProperty("fail")
    FAIL,
    /// The agent does not offer it, which is no fault.
    @JsonProperty("not-offered")
    NOT_OFFERED
  }

  /// A verdict before it is known of what and how long it took.
  record Outcome(Verdict verdict, @Nullable String detail) {
    static Outcome pass() {
      return new Outcome(Verdict.PASS, null);
    }

    static Outcome pass(String detail) {
      return new Outcome(Verdict.PASS, detail);
    }

    static Outcome fail(String detail) {
      return new Outcome(Verdict.FAIL, detail);
    }

    static Outcome notOffered(String detail) {
      return new Outcome(Verdict.NOT_OFFERED, detail);
    }
  }
}
