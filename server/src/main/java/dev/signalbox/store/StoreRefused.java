package dev.signalbox.store;

/// A database file that is not opened: damaged, of another kind, of a newer schema, not readable.
/// The message is one sentence with the file's path and the way out; the file was not changed.
public final class StoreRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreRefused(String message) {
    super(message);
  }

  public StoreRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
