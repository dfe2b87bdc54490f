package dev.signalbox.agent.acp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;

/// Updates of sessions nobody knows yet: goose tells of a new session before it answers the request
/// that made it. At most 16 sessions, the oldest goes first, and 64 updates of each; more is
/// dropped. Safe for any thread.
final class EarlyUpdates {
  private static final int SESSIONS = 16;
  private static final int UPDATES = 64;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<String, List<JsonNode>> bySession = new LinkedHashMap<>();

  void keep(String session, JsonNode update) {
    lock.lock();
    try {
      var updates = bySession.computeIfAbsent(session, key -> new ArrayList<>());
      if (updates.size() < UPDATES) {
        updates.add(update);
      }
      if (bySession.size() > SESSIONS) {
        bySession.remove(bySession.keySet().iterator().next());
      }
    } finally {
      lock.unlock();
    }
  }

  List<JsonNode> take(String session) {
    lock.lock();
    try {
      var updates = bySession.remove(session);
      return updates == null ? List.of() : updates;
    } finally {
      lock.unlock();
    }
  }
}
