package dev.signalbox.cli;

import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// How what happens in a lane is told. Used by one thread.
interface Telling {
  /// @param frame a fact, a delta, `welcome`, `reset` or `item`; what is not known is passed over
  void tell(JsonNode frame) throws InterruptedException;

  /// Ends a line that is being written.
  void endLine();

  /// Every frame as one line of JSON.
  ///
  /// @param wanted whether a frame belongs to what is followed
  record Lines(Screen screen, Predicate<JsonNode> wanted) implements Telling {
    @Override
    public void tell(JsonNode frame) {
      if (wanted.test(frame)) {
        screen.json(frame);
        screen.out().flush();
      }
    }

    @Override
    public void endLine() {}
  }
}
