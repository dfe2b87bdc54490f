package dev.signalbox.process;

/// A process could not be started; nothing of it is left. The message names what was to be started
/// and the plain reason, fit to be shown to the user.
public final class StartFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartFailed(String message) {
    super(message);
  }

  StartFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
