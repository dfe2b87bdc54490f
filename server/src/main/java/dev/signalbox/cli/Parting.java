package dev.signalbox.cli;

/// Last words for someone who ends the command with Ctrl-C while it is open.
final class Parting implements AutoCloseable {
  private final Thread hook;

  Parting(Screen screen, String words) {
    hook = new Thread(() -> screen.remark(words), "parting");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // being said
    }
  }
}
