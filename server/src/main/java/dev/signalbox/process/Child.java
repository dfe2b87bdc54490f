package dev.signalbox.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One process that [Children] started, and everything that came of it.
///
/// A child has ended when its first process is gone, what that left behind was ended too, and its
/// standard error is read; only then do [#waitFor], [#exit] and the listeners say so. Safe for any
/// thread; the two streams are for one thread each. Its owner closes it; so does the end of
/// [Children].
public final class Child implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Child.class);
  private static final long STDIN_GRACE_MILLIS = 1_000;
  private static final long TERM_GRACE_MILLIS = 4_000;
  private static final long KILL_MILLIS = 3_000;
  private static final long STDERR_MILLIS = 500;

  private final Process process;
  private final Tree tree;
  private final Wrapper wrapper;
  private final PumpedOutput stdin;
  private final PumpedInput stdout;
  private final StderrTail stderr;
  private final CountDownLatch gone = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private volatile boolean intended;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable Exit exit;

  @GuardedBy("lock")
  private final List<Consumer<Exit>> listeners = new ArrayList<>();

  Child(Process process, Tree tree, Wrapper wrapper, Redaction redaction) {
    this.process = process;
    this.tree = tree;
    this.wrapper = wrapper;
    this.stdin = new PumpedOutput(process.getOutputStream());
    this.stdout = new PumpedInput(process.getInputStream(), pump -> pump("stdout", pump));
    this.stderr = new StderrTail(redaction);
  }

  /// To be called once, when the child is known to its owner.
  ///
  /// @param settled told once, before anyone else, when the child has ended
  void begin(SettledListener settled) {
    pump("stdin", stdin::pump);
    pump("stderr", () -> stderr.drain(process.getErrorStream()));
    thread("exit").start(() -> settle(settled));
  }

  interface SettledListener {
    /// @param treeIsEmpty false when something of the child could not be ended
    void settled(Child child, boolean treeIsEmpty);
  }

  /// The number of the process as the machine sees it; in a PID namespace that of the wrapper.
  public long pid() {
    return process.pid();
  }

  /// The child's standard output, for one reader. A virtual thread parks in a read and may wait
  /// here for as long as it takes; a platform thread gets what was written a little sooner. Ends
  /// when the child has; closed with the child.
  public InputStream stdout() {
    return stdout;
  }

  /// The child's standard input. What is written is on its way at once; a write parks while 64 KB
  /// wait that the child did not read, and fails once it has ended or [#stop] began. Closing never
  /// waits.
  public OutputStream stdin() {
    return stdin;
  }

  /// Whether [#stop] or [#kill] was called, by whomever.
  public boolean endAskedFor() {
    return intended;
  }

  /// Waits, without limit, until the child has ended.
  public Exit waitFor() throws InterruptedException {
    ended.await();
    return exit().orElseThrow();
  }

  /// How it ended; empty while it lives.
  public Optional<Exit> exit() {
    lock.lock();
    try {
      return Optional.ofNullable(exit);
    } finally {
      lock.unlock();
    }
  }

  /// Calls `listener` exactly once when the child has ended, at once if it has already, on a thread
  /// of its own in either case: it may block, and what it throws harms nobody.
  public void onExit(Consumer<Exit> listener) {
    Exit known;
    lock.lock();
    try {
      known = exit;
      if (known == null) {
        listeners.add(listener);
      }
    } finally {
      lock.unlock();
    }
    if (known != null) {
      tell(listener, known);
    }
  }

  /// The last of what the child wrote to standard error: at most 64 KB, without terminal codes,
  /// keys and tokens masked. Complete once the child has ended.
  public String stderrTail() {
    return stderr.text();
  }

  /// Resident memory of the child and all that came of it, in bytes; pages that several processes
  /// share count for each. 0 once it has ended. Reads the machine's process table: not for a loop.
  public long residentBytes() {
    return gone.getCount() == 0 ? 0 : tree.residentBytes();
  }

  /// All that came of the child and is alive now, for [#endSince]. Reads the machine's process
  /// table: not for a loop.
  public Offspring offspring() {
    return new Offspring(tree.members());
  }

  /// Ends what came of the child since then and is nobody the child talks to (see
  /// [Offspring#since]): what is still there after 200 ms gets TERM, and after 400 ms more KILL.
  /// Blocks for as long, not at all when there is nothing.
  ///
  /// @param allowed asked after it was looked who would be ended and before anyone is
  /// @return how many were ended, 0 also when it was not allowed
  public int endSince(Offspring before, BooleanSupplier allowed) throws InterruptedException {
    return tree.endSince(before, allowed);
  }

  /// Ends the child in steps and returns when it has ended, after 5-6 s at most: its standard input
  /// is closed; after 1 s its group gets TERM; after 4 s more all that came of it gets KILL until
  /// none is left. The end counts as intended. A second call waits with the first; one on an ended
  /// child returns at once. An interrupt leaves out the graces.
  public void stop() {
    intended = true;
    if (stopping.compareAndSet(false, true)) {
      stdin.close();
      boolean interrupted = !endedBySteps();
      if (gone.getCount() > 0) {
        tree.kill(KILL_MILLIS);
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    awaitEnd();
  }

  /// Ends the child and all that came of it at once and returns when it has ended. The end counts
  /// as intended. Also cuts a [#stop] short that is under way.
  public void kill() {
    intended = true;
    if (gone.getCount() > 0) {
      tree.kill(KILL_MILLIS);
    }
    awaitEnd();
  }

  /// [#stop], and lets go of the streams.
  @Override
  public void close() {
    stop();
    stdout.close();
  }

  /// False when the wait was interrupted.
  private boolean endedBySteps() {
    try {
      if (!gone.await(STDIN_GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
        var group = wrapper.commandGroup(tree.members().values(), pid());
        Tree.parentsFirst(group).forEach(member -> tree.signal(member, false));
        gone.await(TERM_GRACE_MILLIS, TimeUnit.MILLISECONDS);
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void awaitEnd() {
    boolean interrupted = false;
    long left = TimeUnit.MILLISECONDS.toNanos(2 * KILL_MILLIS);
    long deadline = System.nanoTime() + left;
    while (left > 0) {
      try {
        if (!ended.await(left, TimeUnit.NANOSECONDS)) {
          log.error("event=child.immortal pid={}: it was killed and is still there", pid());
        }
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        left = deadline - System.nanoTime();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// The child's life: waits for its end, ends what it left behind, tells everybody.
  private void settle(SettledListener settled) {
    int code = -1;
    boolean wanted = false;
    boolean empty = false;
    try {
      code = process.waitFor();
      wanted = intended;
      gone.countDown();
      empty = sweep();
      stdin.abandon();
      stderr.awaitDrained(STDERR_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      gone.countDown();
      settled.settled(this, empty);
      finish(Exit.of(code, wanted));
    }
  }

  private boolean sweep() {
    try {
      boolean empty = tree.kill(KILL_MILLIS).isPresent();
      if (!empty) {
        log.error("event=child.leftovers pid={} alive={}", pid(), tree.members().keySet());
      }
      return empty;
    } catch (RuntimeException e) {
      log.error("event=child.sweep pid={}", pid(), e);
      return false;
    }
  }

  private void finish(Exit how) {
    List<Consumer<Exit>> told;
    lock.lock();
    try {
      exit = how;
      told = List.copyOf(listeners);
      listeners.clear();
    } finally {
      lock.unlock();
    }
    ended.countDown();
    told.forEach(listener -> tell(listener, how));
  }

  private void tell(Consumer<Exit> listener, Exit how) {
    thread("listener").start(() -> listener.accept(how));
  }

  /// A platform thread, because it blocks in a pipe: see [PumpedInput].
  private void pump(String role, Runnable pump) {
    Thread.ofPlatform().daemon().name("child-" + pid() + "-" + role).start(pump);
  }

  private Thread.Builder thread(String role) {
    return Thread.ofVirtual().name("child-" + pid() + "-" + role);
  }
}
