package dev.signalbox.agent.conformance;

import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.conformance.Finding.Outcome;

/// Turns that are stopped, after which the conversation must go on.
final class Interrupts {
  private Interrupts() {}

  static Outcome streaming(Bench bench) throws InterruptedException {
    var thread = bench.open(bench.start());
    var talk = bench.say(thread, bench.wording().streaming(), Talk.Asks.DENY);
    if (!talk.saysSomething(bench.patience().turn())) {
      var failed = bench.unlessCompleted(talk);
      return failed != null
          ? failed
          : Outcome.notOffered("The whole answer came at once; there was nothing to stop.");
    }
    return stopped(bench, thread, talk);
  }

  static Outcome asking(Bench bench) throws InterruptedException {
    var thread = bench.open(bench.start());
    var talk = bench.say(thread, bench.wording().writing(), Talk.Asks.LEAVE);
    if (!talk.asksSomething(bench.patience().turn())) {
      return Asking.neverAsked(bench, talk);
    }
    var outcome = stopped(bench, thread, talk);
    return bench.wrote() ? Outcome.fail("It wrote although the ask was never answered.") : outcome;
  }

  private static Outcome stopped(Bench bench, AgentThread thread, Talk talk)
      throws InterruptedException {
    long began = System.nanoTime();
    talk.interrupt();
    var limit = bench.patience().interrupt();
    if (!talk.ends(limit)) {
      return Outcome.fail("It had not stopped %d s later.".formatted(limit.toSeconds()));
    }
    if (talk.broken() != null) {
      return Outcome.fail("It broke off instead of stopping: " + talk.broken().detail());
    }
    long millis = (System.nanoTime() - began) / 1_000_000;
    thread.settle();
    var next = bench.said(thread, bench.wording().answering());
    var failed = bench.unlessSays(next, bench.wording().expectedAnswer());
    return failed != null
        ? Outcome.fail("It stopped, but the next turn failed: " + failed.detail())
        : Outcome.pass("stopped after %d ms".formatted(millis));
  }
}
