package dev.signalbox.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/// What every response carries. There is no CORS header anywhere, because no other page has any
/// business here.
final class SecurityHeaders {
  static final String POLICY =
      policy("default-src 'self'", "script-src 'self'", "require-trusted-types-for 'script'");
  // An answer of the API is never a page; should a browser be talked into showing one, it is inert.
  private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox";

  private SecurityHeaders() {}

  static void put(Request request, Response response) {
    var headers = response.getHeaders();
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("X-Frame-Options", "DENY");
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    if (Gate.isGuarded(request)) {
      headers.put("Content-Security-Policy", NOTHING);
      headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    } else {
      headers.put("Content-Security-Policy", POLICY);
    }
  }

  private static String policy(String... first) {
    return String.join("; ", first)
        + "; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data: blob:;"
        + " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  }
}
