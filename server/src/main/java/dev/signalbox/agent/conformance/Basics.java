package dev.signalbox.agent.conformance;

import dev.signalbox.agent.Capabilities;
import dev.signalbox.agent.conformance.Finding.Outcome;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Starting and answering.
final class Basics {
  private Basics() {}

  static Outcome start(Bench bench) throws InterruptedException {
    var process = bench.start();
    if (!process.alive()) {
      return Outcome.fail("The process is not alive after its start.");
    }
    bench.open(process);
    return Outcome.pass(offered(process.capabilities()));
  }

  private static String offered(Capabilities can) {
    var names =
        Stream.of(
                can.load() ? "load" : "",
                can.resume() ? "resume" : "",
                can.fork() ? "fork" : "",
                can.list() ? "list" : "",
                can.images() ? "images" : "",
                can.threads() ? "many conversations" : "",
                can.steer() ? "steer" : "")
            .filter(name -> !name.isEmpty())
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "offers nothing beyond turns" : "offers " + names;
  }

  static Outcome version(Bench bench) throws InterruptedException {
    var probe = bench.driver().probe(bench.agent());
    if (!probe.ready()) {
      return Outcome.fail(String.valueOf(probe.reason()));
    }
    return probe.version() == null
        ? Outcome.notOffered("It tells no version, and no version command is known.")
        : Outcome.pass(probe.version() + (probe.notice() == null ? "" : "; " + probe.notice()));
  }

  static Outcome answer(Bench bench) throws InterruptedException {
    var thread = bench.open(bench.start());
    var talk = bench.said(thread, bench.wording().answering());
    var failed = bench.unlessSays(talk, bench.wording().expectedAnswer());
    return failed != null ? failed : Outcome.pass();
  }

  static Outcome stream(Bench bench) throws InterruptedException {
    var talk = bench.said(bench.open(bench.start()), bench.wording().counting());
    var failed = bench.unlessCompleted(talk);
    if (failed != null) {
      return failed;
    }
    return talk.pieces() > 1
        ? Outcome.pass(talk.pieces() + " pieces")
        : Outcome.notOffered("The answer came in one piece.");
  }

  static Outcome secondTurn(Bench bench) throws InterruptedException {
    var process = bench.start();
    var thread = bench.open(process);
    var first =
        bench.unlessSays(
            bench.said(thread, bench.wording().answering()), bench.wording().expectedAnswer());
    if (first != null) {
      return first;
    }
    var id = thread.nativeId();
    var second =
        bench.unlessSays(
            bench.said(thread, bench.wording().answering()), bench.wording().expectedAnswer());
    if (second != null) {
      return second;
    }
    if (!thread.nativeId().equals(id)) {
      return Outcome.fail("The second turn ran in another conversation.");
    }
    return process.alive() ? Outcome.pass() : Outcome.fail("The process is gone after two turns.");
  }

  static Outcome memory(Bench bench) throws InterruptedException {
    var wording = bench.wording();
    if (wording.remembering() == null || wording.recalling() == null) {
      return Outcome.notOffered("It remembers nothing of what was said.");
    }
    var thread = bench.open(bench.start());
    var told = bench.unlessCompleted(bench.said(thread, wording.remembering()));
    if (told != null) {
      return told;
    }
    var failed =
        bench.unlessSays(bench.said(thread, wording.recalling()), wording.expectedMemory());
    return failed != null ? failed : Outcome.pass();
  }

  static Outcome two(Bench bench) throws InterruptedException {
    var process = bench.start();
    if (!process.capabilities().threads()) {
      return Outcome.notOffered("It holds one conversation per process.");
    }
    var one = bench.open(process);
    var other = bench.open(process);
    if (one.nativeId().equals(other.nativeId())) {
      return Outcome.fail("Both conversations have the same id.");
    }
    var slow = bench.say(one, bench.wording().streaming(), Talk.Asks.DENY);
    if (!slow.saysSomething(bench.patience().turn())) {
      return Outcome.fail("The first conversation said nothing: " + Bench.brief(slow));
    }
    var quick = bench.said(other, bench.wording().answering());
    var failed = bench.unlessSays(quick, bench.wording().expectedAnswer());
    slow.interrupt();
    slow.ends(Duration.ofSeconds(10));
    return failed != null ? failed : Outcome.pass();
  }
}
