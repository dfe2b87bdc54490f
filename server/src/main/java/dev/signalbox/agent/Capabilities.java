package dev.signalbox.agent;

/// What an agent said it can do. `threads`: one process holds many.
public record Capabilities(
    boolean load,
    boolean resume,
    boolean fork,
    boolean list,
    boolean close,
    boolean images,
    boolean threads) {}
