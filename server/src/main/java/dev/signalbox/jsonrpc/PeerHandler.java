package dev.signalbox.jsonrpc;

import tools.jackson.databind.JsonNode;

/// Takes what a peer sends. All methods are called on the one reader thread, in the order of the
/// lines; while one blocks nothing more is read, which in time stops the peer's pipe.
///
/// An exception thrown here is reported as an oddity and does not end the reading.
public interface PeerHandler {
  /// @param params as sent; a missing node when there were none
  void notification(String method, JsonNode params) throws InterruptedException;

  /// The call must be answered or refused once, now or later, from any thread.
  void request(Call call) throws InterruptedException;

  /// Something that is no message we could use; it was skipped.
  void oddity(Oddity oddity);

  /// The stream ended, or [Peer#close] was called. Called exactly once; nothing follows.
  void ended();

  /// @param kind what is wrong with the line
  /// @param head its first characters, at most 1,024
  /// @param bytes its whole length
  record Oddity(Kind kind, String head, long bytes) {
    public enum Kind {
      OVERSIZED,
      NOT_JSON,
      NOT_A_MESSAGE,
      RESPONSE_WITHOUT_ID,
      UNMATCHED_RESPONSE,
      HANDLER_FAILED
    }
  }
}
