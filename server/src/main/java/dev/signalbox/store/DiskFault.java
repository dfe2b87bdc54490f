package dev.signalbox.store;

import dev.signalbox.refusal.Refused;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/// Tells failures of the disk, which concern every write, from failures of one statement.
final class DiskFault {
  private static final int BUSY = 5;
  private static final int NO_MEMORY = 7;
  private static final int READ_ONLY = 8;
  private static final int IO_ERROR = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int CANNOT_OPEN = 14;
  private static final int NOT_A_DATABASE = 26;

  private DiskFault() {}

  /// What to tell, or null when the failure is the statement's own.
  static @Nullable Refused of(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SQLiteException e) {
        return of(e);
      }
    }
    return null;
  }

  /// Whether SQLite says that the bytes are not those of a sound database.
  static boolean isDamage(SQLiteException e) {
    int code = primary(e);
    return code == CORRUPT || code == NOT_A_DATABASE;
  }

  private static @Nullable Refused of(SQLiteException e) {
    return switch (primary(e)) {
      case FULL ->
          refused("disk_full", "The disk is full: nothing is stored until there is room", e);
      case READ_ONLY ->
          refused(
              "disk_readonly", "The database cannot be written: make its folder writable again", e);
      case CORRUPT, NOT_A_DATABASE ->
          refused("store_damaged", "The database is damaged: stop, and put back a backup", e);
      case IO_ERROR, CANNOT_OPEN ->
          refused("disk_error", "The disk reports an error: nothing is stored while it does", e);
      case BUSY, NO_MEMORY -> refused("disk_error", "The database cannot be written just now", e);
      default -> null;
    };
  }

  private static int primary(SQLiteException e) {
    return e.getResultCode().code & 0xff;
  }

  private static Refused refused(String code, String sentence, SQLiteException e) {
    var refused = Refused.unavailable(code, sentence + " (" + e.getMessage() + ")");
    refused.initCause(e);
    return refused;
  }
}
