package dev.signalbox.agent.conformance;

import dev.signalbox.agent.Agent;
import org.jspecify.annotations.Nullable;

/// The prompts that make an agent do what a scenario needs. `expected…` is looked for in answers,
/// whatever its case.
///
/// @param answering a short answer that contains `expectedAnswer`
/// @param counting an answer of some lines, without a tool
/// @param streaming an answer that takes at least ten seconds, without a tool
/// @param writing writes the file `made.txt` into the working folder
/// @param remembering gives it something to remember; null when it cannot remember anything
/// @param recalling asks for that; null as `remembering`
public record Wording(
    String answering,
    String expectedAnswer,
    String counting,
    String streaming,
    String writing,
    @Nullable String remembering,
    @Nullable String recalling,
    String expectedMemory) {
  private static final String PRACTICE = "practice";

  /// Plain words, which any model understands; the practice agent has no model.
  public static Wording of(Agent agent) {
    return agent.name().equals(PRACTICE) ? practice() : plain();
  }

  private static Wording plain() {
    return new Wording(
        "Reply with exactly one word and nothing else: heron",
        "heron",
        "Count from 1 to 30, each number on a line of its own. Do not use any tool.",
        "Write the numbers from one to four hundred in English words, each on a line of its own."
            + " Leave none out. Do not use any tool.",
        "Create a file named made.txt in the current folder that contains the word heron. Do it at"
            + " once, with a tool, and do not ask me anything in words.",
        "Remember this word for later: osprey. Reply with OK.",
        "Which word did I ask you to remember? Reply with that word only.",
        "osprey");
  }

  private static Wording practice() {
    return new Wording(
        "help",
        "What I understand:",
        "count 10",
        "count 1000",
        "write made.txt heron",
        null,
        null,
        "");
  }
}
