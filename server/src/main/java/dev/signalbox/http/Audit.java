package dev.signalbox.http;

import dev.signalbox.store.Database;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who did what that matters for trust: signed in, was signed out, ended the server; who answered
/// an ask is in its lane's journal. Kept for ever; a row that cannot be written is logged and holds
/// nobody up.
final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
  private final Database database;
  private final InstantSource clock;

  Audit(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /// @param detail ids and codes, never texts of users or agents
  void note(String who, String what, String detail) {
    var at = clock.instant().toEpochMilli();
    database.write(
        h ->
            h.execute(
                "INSERT INTO audit (at, who, what, detail) VALUES (?, ?, ?, ?)",
                at,
                who,
                what,
                detail),
        new Database.Outcome() {
          @Override
          public void committed() {}

          @Override
          public void failed(Exception cause) {
            LOG.warn("audit what={} not stored: {}", what, cause.toString());
          }
        });
  }
}
