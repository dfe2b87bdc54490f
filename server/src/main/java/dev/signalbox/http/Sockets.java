package dev.signalbox.http;

import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;

/// Turns `GET /ws` into a connection. The gate has let the request through already.
///
/// This is Jetty's own WebSocket API, in front of Javalin: Javalin would accept the first offered
/// sub-protocol, whatever it is, and does not tell of pongs and fragments.
final class Sockets extends Handler.Wrapper {
  private static final String PROTOCOL = "signalbox.v1";
  private static final String SESSION = "ads-session.";
  private static final String LANE = "ads-chat.";
  private static final int BUFFER = 32 << 10;
  private static final ProblemBody NO_PROTOCOL =
      ProblemBody.of(400, "subprotocol", "Offer the sub-protocol signalbox.v1.");
  private static final ProblemBody NO_UPGRADE =
      ProblemBody.of(426, "upgrade", "This is a WebSocket: ask for an upgrade.");
  private static final ProblemBody STARTING =
      ProblemBody.of(503, "starting", "Signalbox is starting. Try again in a second.");

  /// What a connection needs once the rooms are open.
  record Ready(Open rooms, News news) {}

  private final SocketHub hub;
  private final SocketTimes times;
  private final boolean control;
  private volatile @Nullable Ready ready;
  private @Nullable ServerWebSocketContainer container;

  Sockets(SocketHub hub, SocketTimes times, boolean control) {
    this.hub = hub;
    this.times = times;
    this.control = control;
  }

  /// Before the server starts.
  void prepare(Server server) {
    var sockets = ServerWebSocketContainer.ensure(server);
    sockets.setMaxTextMessageSize(SocketEndpoint.LONGEST);
    sockets.setMaxBinaryMessageSize(SocketEndpoint.LONGEST);
    sockets.setMaxFrameSize(SocketEndpoint.LONGEST);
    sockets.setAutoFragment(true); // a page of items may be longer than a frame
    sockets.setOutputBufferSize(BUFFER);
    sockets.setIdleTimeout(Duration.ZERO); // the writer knows better who is silent
    container = sockets;
  }

  void open(Ready ready) {
    this.ready = ready;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!Request.getPathInContext(request).equals("/ws")) {
      return super.handle(request, response, callback);
    }
    var problem = upgrade(request, response, callback);
    if (problem != null) {
      Gate.refuse(request, response, callback, problem);
    }
    return true;
  }

  private @Nullable ProblemBody upgrade(Request request, Response response, Callback callback) {
    var offers = request.getHeaders().getCSV(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, false);
    var rooms = ready;
    var sockets = container;
    if (!request.getHeaders().contains(HttpHeader.UPGRADE)) {
      return NO_UPGRADE;
    }
    if (!offers.contains(PROTOCOL)) {
      return NO_PROTOCOL;
    }
    if (rooms == null || sockets == null) {
      return STARTING;
    }
    var principal = (Principal) request.getAttribute(Gate.PRINCIPAL);
    var upgraded =
        sockets.upgrade(
            (_, answer, _) -> {
              answer.setAcceptedSubProtocol(PROTOCOL);
              answer.setExtensions(List.of()); // a deflated bomb cannot be sent to who offers none
              return new SocketEndpoint(connection(rooms, principal, offers), hub);
            },
            request,
            response,
            callback);
    return upgraded ? null : NO_UPGRADE;
  }

  private Connection connection(Ready ready, Principal principal, List<String> offers) {
    var session = offered(offers, SESSION);
    var lane = offered(offers, LANE);
    if (session == null && lane == null) {
      return new ListSocket(principal, times, ready.news(), hub);
    }
    return new LaneSocket(
        principal, times, ready.rooms(), hub, control, session, lane == null ? "worker" : lane);
  }

  private static @Nullable String offered(List<String> offers, String prefix) {
    return offers.stream()
        .filter(offer -> offer.startsWith(prefix))
        .map(offer -> offer.substring(prefix.length()))
        .findFirst()
        .orElse(null);
  }
}
