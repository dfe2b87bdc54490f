package dev.signalbox.cli;

import dev.signalbox.config.RuntimeContext.ServerNote;
import java.util.Optional;

/// Starts a server in this process. What it is made of, the command line does not know.
@FunctionalInterface
public interface Launcher {
  /// Takes the context, starts everything, publishes the [ServerNote] and returns when requests are
  /// answered. From then on the server also ends by itself in order when the process is asked to
  /// (SIGTERM, SIGINT).
  ///
  /// @return empty when another process holds the context; nothing was started then
  /// @throws dev.signalbox.refusal.Refused when it cannot start (port in use, data folder unusable,
  ///   database damaged or newer): one sentence with the way out, and nothing half-made is left
  Optional<Running> launch(UpOptions options);

  /// A server of this process that is up.
  interface Running {
    ServerNote note();

    /// A fresh link that signs one browser in, once.
    String link();

    /// Waits until the server has ended, whoever ended it.
    void awaitEnd() throws InterruptedException;
  }
}
