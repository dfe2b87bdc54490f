package dev.signalbox.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/// Cuts off who sends the head of a request byte by byte. Jetty ends a connection on which nothing
/// happens, but each byte is something, so that a head could take hours. Here a connection has so
/// long from its beginning, or from the end of its last request, until its next request is there.
///
/// Stands in front of all handlers and listens to the connector's connections. Looks around only
/// while there are any.
final class SlowHeads extends Handler.Wrapper implements Connection.Listener {
  private final Patience patience;
  private final Scheduler scheduler;
  private final AtomicBoolean looking = new AtomicBoolean();

  /// Connections that wait for a request, with the time by which it must be there.
  private final Map<Connection, Long> waiting = new ConcurrentHashMap<>();

  SlowHeads(Patience patience, Scheduler scheduler) {
    this.patience = patience;
    this.scheduler = scheduler;
  }

  @Override
  public void onOpened(Connection connection) {
    if (connection instanceof ConnectionMetaData) { // HTTP, not what it was upgraded to
      expect(connection, patience.head().toNanos());
    }
  }

  @Override
  public void onClosed(Connection connection) {
    waiting.remove(connection);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var connection = request.getConnectionMetaData().getConnection();
    waiting.remove(connection);
    Request.addCompletionListener(request, _ -> free(connection));
    return super.handle(request, response, callback);
  }

  private void free(Connection connection) {
    var end = connection.getEndPoint();
    if (end.isOpen() && connection.equals(end.getConnection())) {
      expect(connection, patience.idle().plus(patience.head()).toNanos());
    }
  }

  private void expect(Connection connection, long nanos) {
    waiting.put(connection, System.nanoTime() + nanos);
    if (looking.compareAndSet(false, true)) {
      lookLater();
    }
  }

  private void lookLater() {
    scheduler.schedule(this::look, patience.head().toMillis() / 4 + 1, TimeUnit.MILLISECONDS);
  }

  private void look() {
    long now = System.nanoTime();
    waiting.forEach((connection, until) -> {
      var end = connection.getEndPoint();
      if (!end.isOpen() || !connection.equals(end.getConnection())) {
        waiting.remove(connection); // it was upgraded, or closed while it was put here
      } else if (now - until > 0 && waiting.remove(connection, until)) {
        end.close();
      }
    });
    looking.set(false);
    if (!waiting.isEmpty() && looking.compareAndSet(false, true)) {
      lookLater();
    }
  }
}
