package dev.signalbox.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A server in a JVM that has one carrier for its virtual threads and cannot make another:
/// whichever of them blocks without parking stops all. Its threads wait for an idle agent as those
/// of the real one do.
final class IdleServer {
  private IdleServer() {}

  /// @param args run directory
  public static void main(String[] args) throws Exception {
    try (var children = Children.open(Path.of(args[0]), System.getenv(), false, new ProcTable())) {
      var child = children.start(Machine.shell("exec sleep $1", Machine.nonce()));
      var reading = new CountDownLatch(1);
      Thread.ofVirtual().start(() -> read(child, reading));
      Thread.ofVirtual().start(() -> write(child));
      report("a reader", reading.await(10, TimeUnit.SECONDS));
      report("anybody else", runs());
      Thread.ofVirtual().start(child::stop).join();
      report("the end", child.exit().isPresent());
    }
  }

  private static boolean runs() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      if (!Thread.ofVirtual().start(Thread::yield).join(java.time.Duration.ofSeconds(10))) {
        return false;
      }
    }
    return true;
  }

  private static void read(Child child, CountDownLatch reading) {
    reading.countDown();
    try {
      child.stdout().read();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(Child child) {
    try {
      while (true) {
        child.stdin().write(new byte[1 << 16]);
      }
    } catch (IOException e) {
      // The child was stopped.
    }
  }

  private static void report(String who, boolean ran) {
    System.out.println(who + (ran ? " runs" : " is held up"));
    if (!ran) {
      Runtime.getRuntime().halt(1);
    }
  }
}
