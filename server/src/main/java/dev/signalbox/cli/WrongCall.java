package dev.signalbox.cli;

/// The command line makes no sense as it stands. Its message is one line that says what to do; the
/// exit code is 2.
final class WrongCall extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WrongCall(String message) {
    super(message);
  }
}
