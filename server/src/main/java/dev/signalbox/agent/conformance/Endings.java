package dev.signalbox.agent.conformance;

import dev.signalbox.agent.AgentProcess.ProcessEnd;
import dev.signalbox.agent.conformance.Finding.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Processes that die, come back, and are closed.
final class Endings {
  private static final long GONE_SECONDS = 15;
  private static final Outcome NOTHING_STAYS =
      Outcome.notOffered("Nothing of it runs between two turns.");

  private Endings() {}

  static Outcome crash(Bench bench) throws InterruptedException {
    var process = bench.start();
    var victim = Bench.handle(process);
    if (victim.isEmpty()) {
      return NOTHING_STAYS;
    }
    var ends = new ArrayBlockingQueue<ProcessEnd>(1);
    process.onEnd(ends::offer);
    var talk = bench.say(bench.open(process), bench.wording().streaming(), Talk.Asks.DENY);
    if (!talk.saysSomething(bench.patience().turn())) {
      var failed = bench.unlessCompleted(talk);
      return failed != null ? failed : Outcome.notOffered("The turn was over at once.");
    }
    victim.get().destroyForcibly();
    talk.ends(bench.patience().turn());
    if (talk.broken() == null) {
      return Outcome.fail("The turn did not end with the death of its process.");
    }
    var end = ends.poll(GONE_SECONDS, TimeUnit.SECONDS);
    if (end == null || end.intended()) {
      return Outcome.fail("Its death was not told as a crash.");
    }
    return Outcome.pass(talk.broken().detail());
  }

  static Outcome resume(Bench bench) throws InterruptedException {
    var process = bench.start();
    var can = process.capabilities();
    var wording = bench.wording();
    if (!can.resume() && !can.load()) {
      return Outcome.notOffered("It cannot take up an earlier conversation.");
    }
    if (wording.remembering() == null || wording.recalling() == null) {
      return Outcome.notOffered("It remembers nothing of what was said.");
    }
    var thread = bench.open(process);
    var told = bench.unlessCompleted(bench.said(thread, wording.remembering()));
    if (told != null) {
      return told;
    }
    Bench.handle(process).ifPresent(ProcessHandle::destroyForcibly);
    process.kill();
    var again = bench.resume(bench.start(), thread.nativeId());
    var failed = bench.unlessSays(bench.said(again, wording.recalling()), wording.expectedMemory());
    return failed != null ? failed : Outcome.pass();
  }

  static Outcome close(Bench bench) throws InterruptedException {
    var process = bench.start();
    var handle = Bench.handle(process);
    if (handle.isEmpty()) {
      return NOTHING_STAYS;
    }
    var failed =
        bench.unlessCompleted(bench.said(bench.open(process), bench.wording().answering()));
    if (failed != null) {
      return failed;
    }
    List<ProcessHandle> all = new ArrayList<>(handle.get().descendants().toList());
    all.add(handle.get());
    process.close();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GONE_SECONDS);
    while (all.stream().anyMatch(ProcessHandle::isAlive)) {
      if (System.nanoTime() > end) {
        return Outcome.fail(
            all.stream().filter(ProcessHandle::isAlive).count() + " processes are left.");
      }
      Thread.sleep(50);
    }
    return process.alive() ? Outcome.fail("The driver says it is alive.") : Outcome.pass();
  }
}
