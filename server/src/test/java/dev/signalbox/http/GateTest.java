package dev.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.http.HttpServer.Options;
import dev.signalbox.http.RawHttp.Answer;
import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every request has to pass, whatever it asks for. The rooms are closed here: the gate is
/// there before they open.
class GateTest {
  private static final String TOKEN = "t".repeat(43);

  private final AtomicLong nanos = new AtomicLong();
  private HttpServer server;
  private int port;

  @BeforeEach
  void start() {
    server =
        new HttpServer(
            new Options("127.0.0.1", 0, "main", TOKEN, true, "1.2.3"),
            InstantSource.system(),
            nanos::get,
            () -> {});
    server.start();
    port = server.port();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void anybodyMayAskForHealthAndOnlyFriendsGetTheVersion() throws IOException {
    assertThat(get("/api/health").body()).isEqualTo("{\"status\":\"starting\"}");
    assertThat(get("/api/health", bearer(TOKEN)).body())
        .isEqualTo("{\"status\":\"starting\",\"version\":\"1.2.3\"}");
    assertThat(get("/api/health", bearer("wrong")).body()).isEqualTo("{\"status\":\"starting\"}");
  }

  @Test
  @Tag("R-SEC-2")
  void S01_everyPathBelowApiAndWsNeedsCredentialsWhetherItExistsOrNot() throws IOException {
    for (var path : List.of("/api", "/api/", "/api/auth/me", "/api/nothing", "/ws", "/ws/x")) {
      assertThat(get(path).status()).as(path).isEqualTo(401);
    }
    assertThat(get("/api/auth/me", bearer(TOKEN)).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "tt", "Bearer", "ü", "t t", "%74", "Basic dDp0"})
  void S02_aWrongTokenIsRefusedLikeNone(String value) throws IOException {
    var none = get("/api/auth/me");
    var wrong = get("/api/auth/me", "Authorization: Bearer " + value);
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.body()).isEqualTo(none.body()).hasSizeLessThanOrEqualTo(200);
    assertThat(get("/api/auth/me", "Authorization: " + TOKEN).status()).isEqualTo(401);
  }

  @Test
  void S05_aTokenInTheQueryIsNoToken() throws IOException {
    assertThat(get("/api/auth/me?token=" + TOKEN).status()).isEqualTo(401);
  }

  @Test
  @Tag("R-SEC-3")
  void S07_aPreflightOfAnotherPageGetsNoPermission() throws IOException {
    var answer =
        request(
            "OPTIONS",
            "/api/auth/me",
            "Origin: https://evil.test",
            "Access-Control-Request-Method: POST");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.headers().keySet())
        .noneMatch(name -> name.startsWith("access-control-") || name.equals("set-cookie"));
  }

  @Test
  @Tag("R-SEC-3")
  void S08_everyOriginButTheOwnIsRefusedAlsoWithTheToken() throws IOException {
    for (var origin :
        List.of(
            "http://localhost:3000",
            "http://127.0.0.1:5173",
            "null",
            "http://localhost.evil.test:" + port,
            "http://127.evil.test:" + port,
            "http://127.0.0.1:" + port + ".evil.test",
            "http://127.0.0.1:" + port + "/",
            "https://127.0.0.1:" + port,
            "http://localhost:" + port, // another origin than the one the request is for
            "file://",
            "chrome-extension://x",
            "")) {
      assertThat(get("/api/auth/me", bearer(TOKEN), "Origin: " + origin).status())
          .as(origin)
          .isEqualTo(403);
    }
    assertThat(get("/api/auth/me", bearer(TOKEN), own()).status()).isEqualTo(200);
    assertThat(get("/api/auth/me", bearer(TOKEN), own(), "Origin: http://evil.test").status())
        .isEqualTo(403);
  }

  @Test
  void S09_S10_whatTheBrowserSaysAnotherPageCausedIsRefused() throws IOException {
    for (var site : List.of("cross-site", "same-site")) {
      assertThat(get("/api/auth/me", bearer(TOKEN), "Sec-Fetch-Site: " + site).status())
          .as(site)
          .isEqualTo(403);
    }
    assertThat(
            get(
                    "/api/auth/me",
                    bearer(TOKEN),
                    "Sec-Fetch-Site: same-origin",
                    "Origin: http://127.0.0.1:1")
                .status())
        .isEqualTo(403);
  }

  @Test
  void S04_S20_S43_aCookieAloneIsNotEnough() throws IOException {
    var cookie = "Cookie: signalbox-" + port + "=whatever";
    assertThat(request("POST", "/api/auth/links", cookie).status()).isEqualTo(403);
    assertThat(get("/api/auth/me", cookie).status()).isEqualTo(403);
    assertThat(get("/api/auth/me", cookie, "X-Signalbox-Key: k").status()).isEqualTo(403);
    assertThat(get("/api/auth/me", cookie, own()).body()).contains("missing_key");
    assertThat(get("/api/auth/me", cookie, "Sec-Fetch-Site: same-origin").body())
        .contains("missing_key");
    assertThat(upgrade(cookie, "Sec-WebSocket-Protocol: signalbox.v1").status()).isEqualTo(403);
  }

  @Test
  @Tag("R-SEC-3")
  void S11_S12_S15_anotherNameIsMisdirectedWhateverElseIsRight() throws IOException {
    var evil = "evil.test:" + port;
    assertThat(raw("GET /api/auth/me HTTP/1.1", "Host: " + evil, bearer(TOKEN)).status())
        .isEqualTo(421);
    assertThat(raw("GET / HTTP/1.1", "Host: " + evil, "Origin: http://" + evil).status())
        .isEqualTo(421);
    assertThat(
            raw("GET /api/health HTTP/1.1", "Host: " + evil, "X-Forwarded-Host: 127.0.0.1:" + port)
                .status())
        .isEqualTo(421);
  }

  @Test
  void S13_onlyTheExactNamesAreOurs() throws IOException {
    var wrong =
        new ArrayList<>(
            List.of("localhost", "127.0.0.1", "localhost:1", "127.0.0.1:1", "", "evil.test"));
    for (var name :
        List.of(
            "0.0.0.0",
            "2130706433",
            "0x7f.1",
            "127.1",
            "localhost.",
            "[::ffff:127.0.0.1]",
            "a@localhost",
            "127.0.0.1.evil.test")) {
      wrong.add(name + ":" + port);
    }
    for (var host : wrong) {
      assertThat(raw("GET /api/health HTTP/1.1", "Host: " + host).status()).as(host).isIn(421, 400);
    }
    assertThat(
            raw("GET /api/health HTTP/1.1", "Host: 127.0.0.1:" + port, "Host: evil.test").status())
        .isIn(421, 400);
    for (var host : List.of("127.0.0.1", "localhost", "LOCALHOST", "[::1]")) {
      assertThat(raw("GET /api/health HTTP/1.1", "Host: " + host + ":" + port).status())
          .as(host)
          .isEqualTo(200);
    }
  }

  @Test
  void S14_noHostOrAnotherOneInTheRequestLineIsRefused() throws IOException {
    assertThat(raw("GET /api/health HTTP/1.0").status()).isIn(400, 421);
    assertThat(raw("GET http://evil.test/api/health HTTP/1.1", host()).status()).isIn(400, 421);
    assertThat(raw("GET http://evil.test/api/health HTTP/1.1", "Host: evil.test").status())
        .isIn(400, 421);
  }

  @Test
  void S16_S18_S19_S21_anUpgradeIsRefusedBeforeItHappens() throws IOException {
    var offers = "Sec-WebSocket-Protocol: signalbox.v1";
    assertThat(upgrade(offers).status()).isEqualTo(401);
    assertThat(upgrade(offers, bearer("wrong")).status()).isEqualTo(401);
    assertThat(upgrade(offers, bearer(TOKEN), "Origin: https://evil.test").status()).isEqualTo(403);
    assertThat(upgrade(offers, bearer(TOKEN), "Origin: http://127.0.0.1:5999").status())
        .isEqualTo(403);
    var evil = "evil.test:" + port;
    assertThat(
            raw(
                    "GET /ws HTTP/1.1",
                    "Host: " + evil,
                    "Origin: http://" + evil,
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                    offers)
                .status())
        .isEqualTo(421);
  }

  @Test
  void S30_everyAnswerCarriesTheSecurityHeaders() throws IOException {
    for (var answer :
        List.of(get("/"), get("/api/health"), get("/api/auth/me"), get("/gone.js"), raw("X"))) {
      assertThat(answer.headers())
          .containsEntry("referrer-policy", "no-referrer")
          .containsEntry("x-content-type-options", "nosniff")
          .containsEntry("x-frame-options", "DENY")
          .containsEntry("cross-origin-opener-policy", "same-origin")
          .containsEntry("cross-origin-resource-policy", "same-origin")
          .doesNotContainKey("server")
          .doesNotContainKey("set-cookie");
    }
    assertThat(get("/api/health").headers()).containsEntry("cache-control", "no-store");
  }

  @Test
  void S35_thePageMayRunItsOwnScriptsOnly() throws IOException {
    assertThat(get("/").headers().get("content-security-policy"))
        .contains("default-src 'self'")
        .contains("script-src 'self';")
        .contains(
            "require-trusted-types-for 'script'; trusted-types signalbox svelte-trusted-html;")
        .contains("style-src 'self' 'unsafe-inline'")
        .contains("connect-src 'self'")
        .contains("img-src 'self' data: blob:")
        .contains("object-src 'none'")
        .contains("base-uri 'none'")
        .contains("frame-ancestors 'none'");
    assertThat(get("/api/health").headers().get("content-security-policy"))
        .contains("default-src 'none'");
  }

  @Test
  void S89_manyWrongTokensAreSlowedDownAndTheRightOneIsNot() throws IOException {
    for (int i = 0; i < 20; i++) {
      assertThat(get("/api/auth/me", bearer("wrong" + i)).status()).isEqualTo(401);
    }
    var slowed = get("/api/auth/me", bearer("wrong"), "X-Forwarded-For: 10.0.0.1");
    assertThat(slowed.status()).isEqualTo(429);
    assertThat(slowed.headers()).containsEntry("retry-after", "60");
    assertThat(get("/api/auth/me", bearer(TOKEN)).status()).isEqualTo(200);

    nanos.addAndGet(61_000_000_000L);
    assertThat(get("/api/auth/me", bearer("wrong")).status()).isEqualTo(401);
  }

  @Test
  @Tag("R-SEC-1")
  void S40_itListensOnThisComputerOnly() {
    for (var host : List.of("0.0.0.0", "::", "192.168.1.5", "example.org", "")) {
      assertThatThrownBy(() -> new Options(host, 0, "main", TOKEN, true, "1"))
          .as(host)
          .isInstanceOf(Refused.class)
          .hasMessageContaining("SSH");
    }
  }

  @Test
  void aPortInUseIsNamedWithTheWayOut() throws IOException {
    try (var taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      var options = new Options("127.0.0.1", taken.getLocalPort(), "main", TOKEN, true, "1");
      try (var second =
          new HttpServer(options, InstantSource.system(), System::nanoTime, () -> {})) {
        assertThatThrownBy(second::start)
            .isInstanceOf(Refused.class)
            .hasMessageContaining("Port " + taken.getLocalPort())
            .hasMessageContaining("--port");
      }
    }
  }

  @Test
  void S83_longHeadersAreRefused() throws IOException {
    assertThat(get("/api/health", "X-Long: " + "a".repeat(65_536)).status()).isEqualTo(431);
  }

  @Test
  void S58_pathsThatMeanTwoThingsReachNothing() throws IOException {
    for (var path :
        List.of(
            "/api/../api/auth/me",
            "/x/..%2fapi/auth/me",
            "/%61pi/auth/me",
            "//api/auth/me",
            "/api;x/auth/me",
            "/api/auth/%2e%2e/auth/me",
            "/assets/../../dev/signalbox/Main.class",
            "/assets/%2e%2e/%2e%2e/dev/signalbox/Main.class",
            "/..%5c..")) {
      assertThat(get(path).status()).as(path).isIn(400, 401, 404);
    }
  }

  @Test
  void whatIsNotThereYetSaysThatTheServerStarts() throws IOException {
    var answer = get("/api/auth/devices", bearer(TOKEN));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
    assertThat(answer.headers()).containsEntry("retry-after", "1");
    assertThat(answer.body()).contains("\"code\":\"starting\"");
  }

  @Test
  void anUnknownRouteAndAWrongMethodAreToldApart() throws IOException {
    assertThat(get("/api/nothing", bearer(TOKEN)).body()).contains("\"code\":\"unknown_route\"");
    var wrong = request("DELETE", "/api/auth/me", bearer(TOKEN));
    assertThat(wrong.status()).as(wrong.body()).isEqualTo(405);
    assertThat(wrong.body()).contains("\"code\":\"unknown_method\"");
    assertThat(request("POST", "/", own()).status()).isEqualTo(405);
  }

  private Answer get(String path, String... headers) throws IOException {
    return request("GET", path, headers);
  }

  private Answer request(String method, String path, String... headers) throws IOException {
    var lines = new ArrayList<>(List.of(method + " " + path + " HTTP/1.1", host()));
    lines.addAll(List.of(headers));
    return RawHttp.send(port, lines, "");
  }

  private Answer upgrade(String... headers) throws IOException {
    var lines =
        new ArrayList<>(
            List.of(
                "GET /ws HTTP/1.1",
                host(),
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="));
    lines.addAll(List.of(headers));
    return RawHttp.send(port, lines, "");
  }

  private Answer raw(String... lines) throws IOException {
    return RawHttp.send(port, lines);
  }

  private String host() {
    return "Host: 127.0.0.1:" + port;
  }

  private String own() {
    return "Origin: http://127.0.0.1:" + port;
  }

  private static String bearer(String token) {
    return "Authorization: Bearer " + token;
  }
}
