package dev.signalbox.session;

import dev.signalbox.refusal.Refused;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// The one answer to a command that was put in a mailbox.
final class Reply<T> {
  private final CompletableFuture<T> answer = new CompletableFuture<>();

  void give(T value) {
    answer.complete(value);
  }

  void refuse(RuntimeException cause) {
    answer.completeExceptionally(cause);
  }

  /// Waits for the answer.
  ///
  /// @throws Refused what the lane refused with, or UNAVAILABLE when the caller is interrupted
  T await() {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Refused refused) {
        throw refused;
      }
      throw new IllegalStateException("a lane failed to carry out a command", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refused.unavailable("interrupted", "The server is stopping; try again later.");
    }
  }
}
