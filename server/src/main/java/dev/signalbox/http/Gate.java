package dev.signalbox.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.http.Access.Credentials;
import dev.signalbox.http.Access.Verdict;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Stands before everything else, requests and upgrades alike: Host exact, else 421; Origin exact
/// where it must be, else 403; credentials, else 401. What it refuses has no effect, sets no cookie
/// and says little. A path that is no open route of the table and no part of the app needs
/// credentials, whether it exists or not.
final class Gate extends Handler.Wrapper {
  static final String PRINCIPAL = "dev.signalbox.principal";
  static final String KEY_HEADER = "X-Signalbox-Key";
  static final String KEY_PROTOCOL = "signalbox.key.";
  private static final Set<String> SAFE = Set.of("GET", "HEAD");

  private static final ProblemBody MISDIRECTED =
      ProblemBody.of(421, "host", "This server does not go by that name.");
  private static final ProblemBody FOREIGN =
      ProblemBody.of(403, "origin", "Requests of other pages are refused.");
  private static final ProblemBody KEYLESS =
      ProblemBody.of(403, "missing_key", "The origin-bound key is missing. Sign in again.");

  private final Access access;
  private final Set<String> open;

  /// @param open routes that anyone may call, as `GET /api/health`
  Gate(Access access, Set<String> open) {
    this.access = access;
    this.open = Set.copyOf(open);
  }

  /// The name of our cookie carries the port, because cookies know no ports.
  static String cookieName(int port) {
    return "signalbox-" + port;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    SecurityHeaders.put(request, response);
    var problem = problem(request);
    if (problem != null) {
      refuse(request, response, callback, problem);
      return true;
    }
    return super.handle(request, response, callback);
  }

  private @Nullable ProblemBody problem(Request request) {
    var host = host(request);
    if (host == null) {
      return MISDIRECTED;
    }
    var origins = request.getHeaders().getValuesList(HttpHeader.ORIGIN);
    var own = List.of("http://" + host);
    if (!origins.isEmpty() && !origins.equals(own)) {
      return FOREIGN;
    }
    if (!isGuarded(request)) {
      return null; // a file of the app
    }
    if (isCausedByAnotherPage(request)) {
      return FOREIGN;
    }
    var credentials = credentials(request);
    var anyone = open.contains(request.getMethod() + " " + Request.getPathInContext(request));
    if (!anyone && credentials.ambient()) {
      if (origins.isEmpty() && !isReadOfOwnPage(request)) {
        return FOREIGN;
      }
      if (credentials.key() == null) {
        return KEYLESS;
      }
    }
    return admit(request, credentials, anyone);
  }

  private @Nullable ProblemBody admit(Request request, Credentials credentials, boolean anyone) {
    if (anyone && (credentials.none() || (credentials.ambient() && credentials.key() == null))) {
      return null;
    }
    return switch (access.check(credentials)) {
      case Verdict.Granted granted -> {
        request.setAttribute(PRINCIPAL, granted.principal());
        yield null;
      }
      case Verdict.Denied denied ->
          anyone && denied.problem().status() != 429 ? null : denied.problem();
    };
  }

  static boolean isGuarded(Request request) {
    var path = Request.getPathInContext(request);
    return path.equals("/api")
        || path.startsWith("/api/")
        || path.equals("/ws")
        || path.startsWith("/ws/");
  }

  /// The Host header in lower case when it is one of our names with our port, else null.
  private static @Nullable String host(Request request) {
    var hosts = request.getHeaders().getValuesList(HttpHeader.HOST);
    if (hosts.size() != 1) {
      return null;
    }
    var host = hosts.getFirst().toLowerCase(Locale.ROOT);
    var port = Request.getLocalPort(request);
    var authority = request.getHttpURI().getAuthority();
    var ours =
        Set.of("127.0.0.1", "localhost", "[::1]").stream()
            .anyMatch(n -> host.equals(n + ":" + port) || (port == 80 && host.equals(n)));
    return ours && (authority == null || authority.equalsIgnoreCase(host)) ? host : null;
  }

  // Browsers send these on requests to loopback; that they are missing proves nothing, so they only
  // ever add a refusal.
  private static boolean isCausedByAnotherPage(Request request) {
    var site = request.getHeaders().get("Sec-Fetch-Site");
    return site != null && !site.equals("same-origin") && !site.equals("none");
  }

  // With a read of the own page a browser sends no Origin, but it says that it is one.
  private static boolean isReadOfOwnPage(Request request) {
    return SAFE.contains(request.getMethod())
        && !request.getHeaders().contains(HttpHeader.UPGRADE)
        && "same-origin".equals(request.getHeaders().get("Sec-Fetch-Site"));
  }

  private static Credentials credentials(Request request) {
    var headers = request.getHeaders();
    var name = cookieName(Request.getLocalPort(request));
    var cookie =
        Request.getCookies(request).stream()
            .filter(c -> c.getName().equals(name))
            .map(HttpCookie::getValue)
            .findFirst()
            .orElse(null);
    var authorization = headers.getValuesList(HttpHeader.AUTHORIZATION);
    return new Credentials(
        authorization.isEmpty() ? null : String.join(",", authorization),
        cookie,
        key(request),
        Request.getRemoteAddr(request));
  }

  // A page cannot put a header on a socket's upgrade, but it can offer a sub-protocol.
  private static @Nullable String key(Request request) {
    if (!request.getHeaders().contains(HttpHeader.UPGRADE)) {
      return request.getHeaders().get(KEY_HEADER);
    }
    return request.getHeaders().getCSV(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, false).stream()
        .filter(offer -> offer.startsWith(KEY_PROTOCOL))
        .map(offer -> offer.substring(KEY_PROTOCOL.length()))
        .findFirst()
        .orElse(null);
  }

  /// Answers with a problem; what is left of the request's body is not read.
  static void refuse(Request request, Response response, Callback callback, ProblemBody problem) {
    response.setStatus(problem.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, ProblemBody.TYPE);
    if (problem.status() == 429) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "60");
    }
    if (problem.status() == 503) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
    }
    var bytes = ByteBuffer.wrap(Wire.text(problem).getBytes(UTF_8));
    response.write(true, bytes, callback);
  }
}
