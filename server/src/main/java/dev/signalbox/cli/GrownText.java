package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

/// What of a growing field went by while nobody was connected, asked of the server.
record GrownText(LaneStream stream) implements Narrator.Grown {
  private static final int AT_ONCE = 256 * 1024;

  @Override
  public String read(String item, String field, long from) throws InterruptedException {
    var slice =
        stream
            .server()
            .rest()
            .get("/api/items/%s/%s?from=%d&len=%d".formatted(item, field, from, AT_ONCE));
    return text(slice, "text");
  }
}
