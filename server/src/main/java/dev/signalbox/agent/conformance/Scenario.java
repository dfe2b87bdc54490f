package dev.signalbox.agent.conformance;

import dev.signalbox.agent.conformance.Finding.Outcome;
import java.util.List;

/// Something an agent is tried with.
///
/// @param name short, `[a-z-]+`
/// @param title what is tried, in a few words
record Scenario(String name, String title, Check check) {
  /// Blocks for as long as it takes. May throw `AgentUnavailable`, which is a failure.
  @FunctionalInterface
  interface Check {
    Outcome run(Bench bench) throws InterruptedException;
  }

  static final List<Scenario> ALL =
      List.of(
          new Scenario("start", "starts and tells what it can do", Basics::start),
          new Scenario("version", "tells its version", Basics::version),
          new Scenario("answer", "answers and completes", Basics::answer),
          new Scenario("stream", "streams its answer", Basics::stream),
          new Scenario(
              "second-turn", "takes a second turn in one conversation", Basics::secondTurn),
          new Scenario("memory", "remembers the turn before", Basics::memory),
          new Scenario("two-conversations", "holds two conversations at once", Basics::two),
          new Scenario("interrupt", "stops in mid-answer and goes on", Interrupts::streaming),
          new Scenario("ask-allow", "asks before it writes, and writes", Asking::allow),
          new Scenario("ask-deny", "asks before it writes, and obeys a no", Asking::deny),
          new Scenario("ask-interrupt", "stops while it asks", Interrupts::asking),
          new Scenario("crash", "its death ends the turn with a reason", Endings::crash),
          new Scenario("resume", "takes up a conversation after its death", Endings::resume),
          new Scenario("close", "leaves no process behind", Endings::close));
}
