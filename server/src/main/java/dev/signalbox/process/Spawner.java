package dev.signalbox.process;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The one thread that starts processes. It is a platform thread and lives as long as the children:
/// the kernel's parent-death signal follows the thread that spawned, and a virtual thread's carrier
/// may retire at any time and take healthy children with it.
final class Spawner implements AutoCloseable {
  private final BlockingQueue<FutureTask<Process>> requests = new ArrayBlockingQueue<>(64);
  private final Thread thread = new Thread(this::run, "signalbox-spawner");

  Spawner() {
    thread.setDaemon(true);
    thread.start();
  }

  /// Starts what `builder` describes; waits for its turn, which is a matter of milliseconds, and is
  /// not cut short by an interrupt, because a process nobody knows of could come of that.
  Process spawn(ProcessBuilder builder) throws IOException {
    var request = new FutureTask<>(builder::start);
    boolean interrupted = false;
    boolean handedOver = false;
    try {
      while (true) {
        try {
          if (!handedOver) {
            requests.put(request);
            handedOver = true;
          }
          return request.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    try {
      while (true) {
        requests.take().run(); // a failure stays in the task
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  /// To be called when no child is left and nobody starts one any more: children in a PID namespace
  /// end with this thread.
  @Override
  public void close() {
    thread.interrupt();
  }
}
