package dev.signalbox.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/// What every response carries. There is no CORS header anywhere, because no other page has any
/// business here.
final class SecurityHeaders {
  static final String POLICY =
      policy(
          "default-src 'self'",
          "script-src 'self'",
          "require-trusted-types-for 'script'",
          // The app's own policy, behind its sanitizer, and that of the framework for its
          // templates.
          "trusted-types signalbox svelte-trusted-html");
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
    headers.put("Content-Security-Policy", Gate.isGuarded(request) ? NOTHING : POLICY);
    headers.put(HttpHeader.CACHE_CONTROL, "no-store"); // what may be kept says so itself
  }

  private static String policy(String... first) {
    return String.join("; ", first)
        + "; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data: blob:;"
        + " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  }
}
