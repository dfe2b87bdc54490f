package dev.signalbox.journal;

import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where one client connection is in a lane's journal. Used by one thread (the connection's
/// writer): [#open] once, then [#poll] until it is empty, again after each wake.
public final class Cursor implements AutoCloseable {

  /// What a client gets first.
  public sealed interface Opening {
    /// Of the lane's journal now.
    String epoch();

    /// The lane's last number now.
    long seq();

    /// [#poll] goes on after what the client has.
    record Replay(String epoch, long seq) implements Opening {}

    /// The client must forget what it has; [#poll] goes on after `seq`.
    ///
    /// @param items the newest, in order
    /// @param more whether there are older items
    /// @param frame the `reset` frame as it goes to the client
    record Reset(String epoch, long seq, List<Item> items, boolean more, String frame)
        implements Opening {
      public Reset {
        items = List.copyOf(items);
      }
    }
  }

  /// Places the cursor. May read the store.
  ///
  /// @param after the last number the client has; null means 0
  /// @param epoch the one it has it from; null means unknown
  /// @param all replay everything, however far behind the client is
  public Opening open(@Nullable Long after, @Nullable String epoch, boolean all) {
    throw later();
  }

  /// The next frames in the order the client must get them; empty when nothing is waiting. Each is
  /// one JSON object. May read the store. A wake that comes from now on is about something newer.
  ///
  /// @param maxBytes about how much at most (a single longer frame is given alone)
  public List<String> poll(int maxBytes) {
    throw later();
  }

  /// The frame that answers a client's `{"type":"item"}`: the item as it is now. Deltas of an open
  /// item go on where its text in this frame ends.
  ///
  /// @throws dev.signalbox.refusal.Refused (not found) when the lane has no such item
  public String itemFrame(ItemId item) {
    throw later();
  }

  /// Ends it: no wake afterwards. Idempotent, from any thread.
  @Override
  public void close() {}

  private static UnsupportedOperationException later() {
    return new UnsupportedOperationException();
  }
}
