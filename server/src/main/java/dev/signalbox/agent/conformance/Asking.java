package dev.signalbox.agent.conformance;

import dev.signalbox.agent.conformance.Finding.Outcome;

/// Permissions.
final class Asking {
  private Asking() {}

  static Outcome allow(Bench bench) throws InterruptedException {
    var talk = bench.said(bench.open(bench.start()), bench.wording().writing());
    var failed = bench.unlessCompleted(talk);
    if (failed != null) {
      return failed;
    }
    if (talk.asks() == 0) {
      return neverAsked(bench, talk);
    }
    return bench.wrote()
        ? Outcome.pass()
        : Outcome.fail("It was allowed to, but wrote no made.txt: " + Bench.brief(talk));
  }

  static Outcome deny(Bench bench) throws InterruptedException {
    var talk = bench.say(bench.open(bench.start()), bench.wording().writing(), Talk.Asks.DENY);
    talk.ends(bench.patience().turn());
    if (talk.broken() != null) {
      return Outcome.fail(talk.broken().detail());
    }
    if (talk.result() == null) {
      return Outcome.fail("The turn did not end after a no.");
    }
    if (talk.asks() == 0) {
      return neverAsked(bench, talk);
    }
    return bench.wrote() ? Outcome.fail("It wrote made.txt after a no.") : Outcome.pass();
  }

  static Outcome neverAsked(Bench bench, Talk talk) {
    return bench.wrote()
        ? Outcome.notOffered("It writes without asking.")
        : Outcome.notOffered("It neither asked nor wrote: " + Bench.brief(talk));
  }
}
