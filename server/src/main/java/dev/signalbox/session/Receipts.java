package dev.signalbox.session;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Prompts on their way to the disk, by their sender's name for them, so that a resend is the same
/// turn. Older ones are found in the journal. Runs on the lane's thread.
final class Receipts {
  private final Map<String, List<Reply<Submitted>>> waiting = new LinkedHashMap<>();
  private final Map<String, Submitted> given =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Submitted> eldest) {
          return size() > 500;
        }
      };

  /// True when this prompt is known: the reply is or will be that of the first.
  boolean waitsFor(String clientId, Reply<Submitted> reply) {
    var known = given.get(clientId);
    if (known != null) {
      reply.give(known);
      return true;
    }
    var others = waiting.get(clientId);
    if (others != null) {
      others.add(reply);
      return true;
    }
    return false;
  }

  void begin(String clientId, Reply<Submitted> reply) {
    waiting.computeIfAbsent(clientId, id -> new ArrayList<>()).add(reply);
  }

  void give(String clientId, Submitted receipt) {
    given.put(clientId, receipt);
    var replies = waiting.remove(clientId);
    if (replies != null) {
      replies.forEach(reply -> reply.give(receipt));
    }
  }

  void refuse(String clientId, RuntimeException cause) {
    var replies = waiting.remove(clientId);
    if (replies != null) {
      replies.forEach(reply -> reply.refuse(cause));
    }
  }

  void clear() {
    given.clear();
  }
}
