package dev.signalbox.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.refusal.Refused;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A client that watches the list of sessions and the inbox. It gets the whole first, then each
/// thing's new state; of a thing that changed twice before it could be sent, only the latest.
final class ListSocket extends Connection {
  private final News news;
  private final SocketHub hub;
  private final ReentrantLock lock = new ReentrantLock();

  // Bounded by the number of things there are.
  @GuardedBy("lock")
  private final Map<String, String> waiting = new LinkedHashMap<>();

  private boolean seated; // the writer's own

  ListSocket(Principal principal, SocketTimes times, News news, SocketHub hub) {
    super(principal, times);
    this.news = news;
    this.hub = hub;
  }

  @Override
  void begin() throws InterruptedException {
    hub.take(null);
    seated = true;
    news.add(this); // before the whole is read, so that nothing falls in between
    sendNow(news.whole());
  }

  /// A thing has a new state. Any thread; never waits.
  void tell(String subject, String frame) {
    lock.lock();
    try {
      waiting.remove(subject);
      waiting.put(subject, frame);
    } finally {
      lock.unlock();
    }
    wake();
  }

  @Override
  List<String> next() {
    lock.lock();
    try {
      var frames = List.copyOf(waiting.values());
      waiting.clear();
      return frames;
    } finally {
      lock.unlock();
    }
  }

  @Override
  @Nullable String obey(String type, ObjectNode message) {
    if (type.equals("hello")) {
      return null; // there is nothing it could say that it does not get anyway
    }
    throw Refused.invalid(
        "unknown_command",
        "There is no command \"%s\" here; name a session to talk to its lanes."
            .formatted(Call.brief(type)));
  }

  @Override
  void release() {
    news.remove(this);
    if (seated) {
      hub.give(null);
    }
  }
}
