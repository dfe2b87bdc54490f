package dev.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.http.RawHttp.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// From a one-time link to a browser that is known, and back.
class SignInTest {
  @TempDir Path temp;
  private Edge edge;

  @BeforeEach
  void open() throws IOException {
    edge = Edge.open(temp);
  }

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  @Tag("R-SEC-2")
  void S43_S45_aLinkIsGoodOnceForACookieThatNeedsItsKey() throws IOException {
    var code = code();
    var in = signIn(code);
    assertThat(in.status()).isEqualTo(200);
    var cookie = in.headers().get("set-cookie");
    assertThat(cookie)
        .startsWith("signalbox-" + edge.port() + "=")
        .contains("; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=7776000")
        .doesNotContain("Domain");
    var key = json(in).path("key").asString();

    assertThat(signIn(code).status()).isEqualTo(401);
    var me = get("/api/auth/me", cookie(cookie), "X-Signalbox-Key: " + key, own());
    assertThat(me.status()).isEqualTo(200);
    assertThat(json(me).at("/device/name").asString()).isEqualTo("Firefox on Linux");
    assertThat(me.headers()).containsKey("set-cookie");
    assertThat(
            get(
                    "/api/auth/me",
                    cookie(cookie),
                    "X-Signalbox-Key: " + key,
                    "Sec-Fetch-Site: same-origin")
                .status())
        .isEqualTo(200);
    assertThat(get("/api/auth/me", cookie(cookie), "X-Signalbox-Key: " + key).status())
        .isEqualTo(403);
    assertThat(get("/api/auth/me", cookie(cookie), own()).status()).isEqualTo(403);
    assertThat(get("/api/auth/me", cookie(cookie), "X-Signalbox-Key: x", own()).status())
        .isEqualTo(401);
  }

  @Test
  void S92_aBrowserCanNeitherLetOthersInNorEndTheServer() throws Exception {
    var in = signIn(code());
    var headers =
        new String[] {
          cookie(in.headers().get("set-cookie")),
          "X-Signalbox-Key: " + json(in).path("key").asString(),
          own()
        };
    assertThat(request("POST", "/api/auth/links", headers).status()).isEqualTo(403);
    assertThat(request("POST", "/api/server/stop", headers).status()).isEqualTo(403);
    assertThat(edge.stopped.getCount()).isEqualTo(1);

    assertThat(request("POST", "/api/auth/links", token()).body()).contains("/#code=");
    assertThat(request("POST", "/api/server/stop", token()).status()).isEqualTo(202);
    assertThat(edge.stopped.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  @Tag("R-SEC-7")
  void S88_wrongCodesBurnTheLinksThatAreOut() throws IOException {
    var code = code();
    for (int i = 0; i < 4; i++) {
      assertThat(signIn("wrong").status()).isEqualTo(401);
    }
    assertThat(signIn("wrong").status()).isEqualTo(429);
    assertThat(signIn(code).status()).isEqualTo(429);
  }

  @Test
  void S03_aRevokedBrowserIsLikeOneNeverSeen() throws IOException {
    var in = signIn(code());
    var id = json(in).at("/device/id").asString();
    assertThat(get("/api/auth/devices", token()).body()).contains(id);
    assertThat(request("DELETE", "/api/auth/devices/" + id, token()).status()).isEqualTo(204);
    var gone =
        get(
            "/api/auth/me",
            cookie(in.headers().get("set-cookie")),
            "X-Signalbox-Key: " + json(in).path("key").asString(),
            own());
    assertThat(gone.status()).isEqualTo(401);
    assertThat(gone.body()).isEqualTo(get("/api/auth/me").body());
  }

  private String code() {
    var link = edge.server.link();
    assertThat(link).startsWith("http://127.0.0.1:" + edge.port() + "/#code=");
    return link.substring(link.indexOf('=') + 1);
  }

  private Answer signIn(String code) throws IOException {
    var body = "{\"code\":\"" + code + "\"}";
    return RawHttp.send(
        edge.port(),
        List.of(
            "POST /api/auth/code HTTP/1.1",
            "Host: 127.0.0.1:" + edge.port(),
            own(),
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Content-Type: application/json",
            "Content-Length: " + body.length()),
        body);
  }

  private Answer get(String path, String... headers) throws IOException {
    return request("GET", path, headers);
  }

  private Answer request(String method, String path, String... headers) throws IOException {
    var lines =
        new ArrayList<>(
            List.of(method + " " + path + " HTTP/1.1", "Host: 127.0.0.1:" + edge.port()));
    lines.addAll(List.of(headers));
    lines.add("Content-Length: 0");
    return RawHttp.send(edge.port(), lines, "");
  }

  private String own() {
    return "Origin: http://127.0.0.1:" + edge.port();
  }

  private static String token() {
    return "Authorization: Bearer " + Edge.TOKEN;
  }

  private static String cookie(String setCookie) {
    return "Cookie: " + setCookie.substring(0, setCookie.indexOf(';'));
  }

  private static JsonNode json(Answer answer) {
    return Wire.JSON.readTree(answer.body());
  }
}
