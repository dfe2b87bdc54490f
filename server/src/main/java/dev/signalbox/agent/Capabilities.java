package dev.signalbox.agent;

/// What an agent said it can do. `threads`: one process holds many; `steer`: a running turn takes
/// more words.
public record Capabilities(
    boolean load,
    boolean resume,
    boolean fork,
    boolean list,
    boolean close,
    boolean images,
    boolean threads,
    boolean steer) {
  public static final Capabilities NONE =
      new Capabilities(false, false, false, false, false, false, false, false);
}
