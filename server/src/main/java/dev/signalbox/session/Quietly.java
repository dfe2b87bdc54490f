package dev.signalbox.session;

import dev.signalbox.store.Database;
import java.util.logging.Level;
import java.util.logging.Logger;

/// What happens to a write whose failure must not fail anything else: it is logged.
final class Quietly {
  private Quietly() {}

  static Database.Outcome log(Logger log, String what) {
    return then(log, what, () -> {});
  }

  static Database.Outcome then(Logger log, String what, Runnable committed) {
    return new Database.Outcome() {
      @Override
      public void committed() {
        committed.run();
      }

      @Override
      public void failed(Exception cause) {
        log.log(Level.WARNING, "could not write the " + what, cause);
      }
    };
  }
}
