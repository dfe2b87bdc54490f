package dev.signalbox.agent.codex;

import dev.signalbox.agent.Offers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How Codex may work in a conversation that may write. In one that may not, each of them means:
/// look, and ask before anything else.
enum Mode {
  ASK("ask", "Ask", "Asks before every command that does more than look, and before every edit."),
  AUTO("auto", "Auto", "Works in the folder by itself and asks before it leaves it."),
  PLAN("plan", "Plan", "Looks around, asks questions and proposes a plan; changes nothing.");

  /// The mode of a conversation nobody chose one for.
  static final Mode USUAL = AUTO;

  final String id;
  private final String title;
  private final String description;

  Mode(String id, String title, String description) {
    this.id = id;
    this.title = title;
    this.description = description;
  }

  static Optional<Mode> of(@Nullable String id) {
    return Arrays.stream(values()).filter(mode -> mode.id.equals(id)).findFirst();
  }

  static List<Offers.Choice> choices() {
    return Arrays.stream(values())
        .map(mode -> new Offers.Choice(mode.id, mode.title, mode.description))
        .toList();
  }

  /// Codex's word for when it is to ask.
  ///
  /// @param readOnly whether the conversation may change nothing
  String approvals(boolean readOnly) {
    return this == ASK && !readOnly ? "untrusted" : "on-request";
  }

  /// Whether Codex's sandbox may let anything be written.
  boolean writes(boolean readOnly) {
    return this != PLAN && !readOnly;
  }
}
