package dev.signalbox.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/// What Jetty tells of one socket, on its reader's thread. Public only because Jetty calls it by
/// reflection; nobody else has any use for it.
public final class SocketEndpoint implements Session.Listener.AutoDemanding {
  static final int LONGEST = 1 << 20;
  private static final int PIECES = 4_096;

  private final Connection connection;
  private final SocketHub hub;
  private final StringBuilder message = new StringBuilder();
  private int pieces;

  SocketEndpoint(Connection connection, SocketHub hub) {
    this.connection = connection;
    this.hub = hub;
  }

  @Override
  public void onWebSocketOpen(Session session) {
    hub.enter(connection);
    connection.opened(new Outbox(session, connection.times.taking()));
  }

  @Override
  public void onWebSocketPartialText(String piece, boolean last) {
    pieces++;
    if (message.length() + piece.length() > LONGEST || pieces > PIECES) {
      connection.close(CloseCode.TOO_LONG, "a message has at most 1 MiB");
      return;
    }
    message.append(piece);
    if (last) {
      var text = message.toString();
      message.setLength(0);
      pieces = 0;
      receive(text);
    }
  }

  private void receive(String text) {
    try {
      connection.receive(text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      connection.close(CloseCode.GOING_AWAY, "the server stops");
    }
  }

  @Override
  public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
    callback.succeed();
    connection.close(CloseCode.UNSUPPORTED, "messages are text");
  }

  @Override
  public void onWebSocketPong(ByteBuffer payload) {
    connection.heard();
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    gone();
  }

  @Override
  public void onWebSocketClose(int statusCode, String reason, Callback callback) {
    gone();
    callback.succeed();
  }

  private void gone() {
    hub.leave(connection);
    connection.close(CloseCode.GOING_AWAY, "the client is gone");
  }
}
