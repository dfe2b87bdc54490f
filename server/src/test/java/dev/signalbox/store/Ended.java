package dev.signalbox.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The outcome of a write, for a test to wait for.
final class Ended implements Database.Outcome {
  private final CompletableFuture<Thread> told = new CompletableFuture<>();

  @Override
  public void committed() {
    told.complete(Thread.currentThread());
  }

  @Override
  public void failed(Exception cause) {
    told.completeExceptionally(cause);
  }

  boolean isTold() {
    return told.isDone();
  }

  /// The thread it was told on; throws what the write failed with.
  Thread await() throws Exception {
    try {
      return told.get(20, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
