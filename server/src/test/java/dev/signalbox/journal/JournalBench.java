package dev.signalbox.journal;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.LaneState;
import dev.signalbox.id.LaneId;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// What the journal itself can do, without agents and sockets: `idle`, `load`, `flood`, `disk`, as
/// named on the command line. Not a test: it prints figures of this machine.
final class JournalBench {
  private static final Fact IDLE = new Fact.LaneChanged(LaneState.IDLE, null);
  private static final int LANES = 20;
  private static final int CURSORS = 50;

  private JournalBench() {}

  public static void main(String[] args) throws Exception {
    for (String what : args) {
      Path folder = Files.createTempDirectory("journal-bench");
      try (var desk = new Desk(folder.resolve("runtime.db"))) {
        switch (what) {
          case "idle" -> idle(desk);
          case "load" -> load(desk, 1_000);
          case "flood" -> load(desk, 0);
          case "disk" -> disk(desk, 20);
          case "slow" -> disk(desk, 50);
          default -> throw new IllegalArgumentException(what);
        }
      }
    }
  }

  private static void idle(Desk desk) throws Exception {
    LaneId lane = desk.lane();
    var latencies = new Latencies();
    for (int i = 0; i < 300; i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      long begin = System.nanoTime();
      desk.append(lane, IDLE);
      if (i >= 100) {
        latencies.add(System.nanoTime() - begin);
      }
    }
    System.out.println("idle: append to stored " + latencies);
  }

  /// @param perSecond grow calls of each lane; 0 for as many as it can
  private static void load(Desk desk, int perSecond) throws Exception {
    List<LaneId> lanes = new ArrayList<>();
    for (int i = 0; i < LANES; i++) {
      lanes.add(desk.lane());
    }
    var stop = new Semaphore(0);
    var frames = new LongAdder();
    var reading = new ArrayList<Thread>();
    for (int i = 0; i < CURSORS; i++) {
      LaneId lane = lanes.get(i % LANES);
      reading.add(Thread.ofVirtual().start(() -> watch(desk, lane, stop, frames)));
    }
    for (int round = 0; round < 3; round++) {
      round(desk, lanes, perSecond, frames);
    }
    stop.release(CURSORS);
    for (Thread thread : reading) {
      thread.interrupt();
      thread.join();
    }
  }

  private static void round(Desk desk, List<LaneId> lanes, int perSecond, LongAdder frames)
      throws Exception {
    var grown = new LongAdder();
    var appends = new Latencies();
    long framesBefore = frames.sum();
    long cpu = cpu();
    long written = written();
    long begin = System.nanoTime();
    var writing = new ArrayList<Thread>();
    for (LaneId lane : lanes) {
      writing.add(
          Thread.ofVirtual().start(() -> write(desk, lane, perSecond, grown, appends, begin)));
    }
    for (Thread thread : writing) {
      thread.join();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        "load: %.0f grow/s, %.0f facts/s, %.0f frames/s to %d cursors; append %s; cpu %.2f cores;"
            + " written %.1f MB/s%n",
        grown.sum() / seconds,
        appends.count() / seconds,
        (frames.sum() - framesBefore) / seconds,
        CURSORS,
        appends,
        (cpu() - cpu) / 1e9 / seconds,
        (written() - written) / 1e6 / seconds);
  }

  /// Five seconds; a fact for every 20 pieces of text, an item for every 2,000.
  private static void write(
      Desk desk, LaneId lane, int perSecond, LongAdder grown, Latencies appends, long begin) {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.begin(lane, new Fact.ItemStarted(item));
    long end = begin + TimeUnit.SECONDS.toNanos(5);
    long calls = 0;
    while (System.nanoTime() < end) {
      if (perSecond > 0) {
        long due = begin + calls * 1_000_000_000L / perSecond;
        LockSupport.parkNanos(due - System.nanoTime());
      }
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "some twenty letters ");
      calls++;
      grown.increment();
      if (calls % 20 == 0) {
        long from = System.nanoTime();
        desk.journal.append(List.of(Desk.entry(lane, IDLE)), null, timed(appends, from));
      }
      if (calls % 2_000 == 0) {
        desk.begin(lane, Desk.done(item));
        item = desk.item(lane, Item.Kind.TEXT, null);
        desk.begin(lane, new Fact.ItemStarted(item));
      }
    }
    desk.begin(lane, Desk.done(item));
  }

  private static Journal.Outcome timed(Latencies latencies, long from) {
    return new Journal.Outcome() {
      @Override
      public void stored(List<Journal.Stored> facts) {
        latencies.add(System.nanoTime() - from);
      }

      @Override
      public void failed(RuntimeException cause) {
        throw cause;
      }
    };
  }

  private static void watch(Desk desk, LaneId lane, Semaphore stop, LongAdder frames) {
    var woken = new Semaphore(1);
    try (Cursor cursor = desk.journal.follow(lane, woken::release)) {
      cursor.open(null, null, true);
      while (!stop.tryAcquire()) {
        woken.acquire();
        List<String> some = cursor.poll(64 << 10);
        while (!some.isEmpty()) {
          frames.add(some.size());
          some = cursor.poll(64 << 10);
        }
      }
    } catch (InterruptedException e) {
      return;
    }
  }

  /// One answer of 10,000 tokens in 2,000 pieces.
  private static void disk(Desk desk, int millis) throws Exception {
    LaneId lane = desk.lane();
    answer(desk, lane, 1);
    answer(desk, lane, 1);
    long pages = pages(desk);
    long written = written();
    long passed = io("wchar");
    long text = answer(desk, lane, millis);
    System.out.printf(
        "disk: %d ms apart: to the disk %.1f x the text, through write %.1f x, kept %.2f x%n",
        millis,
        (written() - written) / (double) text,
        (io("wchar") - passed) / (double) text,
        (pages(desk) - pages) / (double) text);
  }

  private static long answer(Desk desk, LaneId lane, int millis) throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.TurnQueued(desk.turn(lane, "go")), new Fact.ItemStarted(item));
    for (int i = 0; i < 2_000; i++) {
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "some twenty letters ");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
    desk.append(lane, Desk.done(item));
    return 40_000;
  }

  private static long pages(Desk desk) {
    return desk.db.<Long>read(h ->
        1024
            * (h.createQuery("PRAGMA page_count").mapTo(long.class).one()
                - h.createQuery("PRAGMA freelist_count").mapTo(long.class).one()));
  }

  private static long written() throws IOException {
    return io("write_bytes");
  }

  private static long io(String name) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/io")).stream()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
        .findFirst()
        .orElse(0);
  }

  private static long cpu() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime();
  }

  private static final class Latencies {
    private long[] nanos = new long[1024];
    private int count;

    synchronized void add(long one) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, count * 2);
      }
      nanos[count++] = one;
    }

    synchronized int count() {
      return count;
    }

    @Override
    public synchronized String toString() {
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return "p50 %.2f ms, p99 %.2f ms, max %.2f ms"
          .formatted(at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double part) {
      return sorted.length == 0 ? 0 : sorted[(int) ((sorted.length - 1) * part)] / 1e6;
    }
  }
}
