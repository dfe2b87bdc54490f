package dev.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.http.HttpServer.Options;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The files of the browser app, as a browser, a cache and a stranger ask for them. Nobody needs
/// credentials for them, also while the server starts.
class StaticFilesTest {
  private static final String APP = "/dev/signalbox/http/app";
  private static final String SCRIPT = "/assets/app-0a1b2c3d.js";

  private final HttpClient http = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeEach
  void start() {
    server = serving(APP);
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    server.close();
  }

  private static HttpServer serving(String app) {
    var server =
        new HttpServer(
            new Options("127.0.0.1", 0, "main", "t".repeat(43), true, "1.2.3"),
            InstantSource.system(),
            System::nanoTime,
            Tuning.USUAL.withApp(app),
            () -> {});
    server.start();
    return server;
  }

  @Test
  void thePageIsAskedForEachTimeAndHashedFilesAreKeptForEver() throws Exception {
    var page = get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(text(page)).contains("A page for tests");
    assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(header(page, "Cache-Control")).isEqualTo("no-cache");
    assertThat(page.body()).isEqualTo(get("/index.html").body());

    var script = get(SCRIPT);
    assertThat(text(script)).contains("answer = 42");
    assertThat(header(script, "Content-Type")).isEqualTo("text/javascript; charset=utf-8");
    assertThat(header(script, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
    assertThat(header(get("/robots.txt"), "Cache-Control")).isEqualTo("no-cache");
  }

  @Test
  void whoTakesGzipGetsItAndWhoDoesNotGetsItPlain() throws Exception {
    for (var path : List.of("/", SCRIPT)) {
      var plain = get(path);
      for (var takes : List.of("gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8")) {
        var zipped = get(path, "Accept-Encoding", takes);
        assertThat(header(zipped, "Content-Encoding")).as(takes).isEqualTo("gzip");
        assertThat(unzipped(zipped.body())).isEqualTo(plain.body());
        assertThat(header(zipped, "Content-Type")).isEqualTo(header(plain, "Content-Type"));
        assertThat(header(zipped, "ETag")).isNotEqualTo(header(plain, "ETag"));
      }
      for (var takes : List.of("identity", "br", "gzip;q=0")) {
        var answer = get(path, "Accept-Encoding", takes);
        assertThat(header(answer, "Content-Encoding")).as(takes).isEmpty();
        assertThat(answer.body()).isEqualTo(plain.body());
      }
      assertThat(header(plain, "Vary")).isEqualTo("Accept-Encoding");
    }
    var onlyPlain = get("/robots.txt", "Accept-Encoding", "gzip");
    assertThat(header(onlyPlain, "Content-Encoding")).isEmpty();
    assertThat(text(onlyPlain)).contains("User-agent");
  }

  @Test
  void whoHasTheFileAlreadyIsToldSoWithoutABody() throws Exception {
    for (var takes : List.of("identity", "gzip")) {
      var tag = header(get("/", "Accept-Encoding", takes), "ETag");
      assertThat(tag).matches("\"[\\w-]+\"");
      for (var known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
        var same = get("/", "Accept-Encoding", takes, "If-None-Match", known);
        assertThat(same.statusCode()).as(known).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(header(same, "ETag")).isEqualTo(tag);
        assertThat(header(same, "Cache-Control")).isEqualTo("no-cache");
        assertThat(header(same, "Vary")).isEqualTo("Accept-Encoding");
      }
      assertThat(get("/", "Accept-Encoding", takes, "If-None-Match", "\"other\"").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void aHeadIsAGetWithoutABody() throws Exception {
    var head =
        http.send(
            HttpRequest.newBuilder(uri(SCRIPT)).HEAD().build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(header(head, "Content-Length")).isEqualTo("" + get(SCRIPT).body().length);
    assertThat(header(head, "ETag")).isEqualTo(header(get(SCRIPT), "ETag"));
  }

  @Test
  void aPathOfTheAppThatIsNoFileGetsThePage() throws Exception {
    for (var path : List.of("/s/s_01/worker", "/settings", "/a/b/c/", "/v1.2/notes")) {
      var answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(get("/").body());
      assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");
    }
  }

  @Test
  void aFileThatIsNotThereIsNotFoundAndNobodyKeepsThat() throws Exception {
    for (var path :
        List.of(
            "/assets/gone-0a1b2c3d.js",
            "/assets/gone",
            "/assets/",
            "/gone.js",
            "/favicon.ico",
            "/notes.md", // it is there, but nothing that an app has
            "/index.html.gz",
            SCRIPT + ".gz",
            "/assets/..")) {
      var answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(path.endsWith("..") ? 200 : 404);
      if (answer.statusCode() == 404) {
        assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
        assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
      }
    }
  }

  @ParameterizedTest
  @Tag("R-SEC-9")
  @ValueSource(
      strings = {
        "/../outside.txt",
        "/assets/../../outside.txt",
        "/%2e%2e/outside.txt",
        "/.%2e/outside.txt",
        "/%2e%2e%2foutside.txt",
        "/..%2foutside.txt",
        "/..%5coutside.txt",
        "/..\\outside.txt",
        "/%252e%252e/outside.txt",
        "/%252e%252e%252foutside.txt",
        "/..;/outside.txt",
        "/assets/..;a=b/..;/outside.txt",
        "/assets/%2e%2e/%2e%2e/outside.txt",
        "/assets/..%c0%af..%c0%afoutside.txt",
        "/assets/%c0%ae%c0%ae/outside.txt",
        "//outside.txt",
        "/./../outside.txt",
        "/assets//..//..//outside.txt",
        "/outside.txt%00.js",
        "/%00../outside.txt",
        "/dev/signalbox/http/outside.txt",
        "/assets/../../Router.class",
        "http://127.0.0.1/../outside.txt",
        "*",
        "outside.txt",
        "/etc/passwd%00",
        "file:///etc/passwd"
      })
  void nothingOutsideOfTheAppIsReached(String path) throws IOException {
    var answer =
        RawHttp.send(
            server.port(), "GET " + path + " HTTP/1.1", "Host: 127.0.0.1:" + server.port());
    assertThat(answer.body()).doesNotContain("outside of the app").doesNotContain("root:");
    assertThat(answer.status()).isIn(400, 404, 421);
  }

  @Test
  @Tag("R-SEC-3")
  void everyAnswerCarriesTheHeadersThatKeepOtherPagesOut() throws Exception {
    for (var path : List.of("/", SCRIPT, "/robots.txt", "/s/1", "/gone.js", "/assets/gone")) {
      var answer = get(path);
      assertThat(header(answer, "X-Content-Type-Options")).as(path).isEqualTo("nosniff");
      assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
      assertThat(header(answer, "X-Frame-Options")).isEqualTo("DENY");
      assertThat(header(answer, "Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
      assertThat(header(answer, "Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
      assertThat(directives(answer))
          .containsExactlyInAnyOrder(
              "default-src 'self'",
              "script-src 'self'",
              "require-trusted-types-for 'script'",
              "trusted-types signalbox svelte-trusted-html",
              "style-src 'self' 'unsafe-inline'",
              "connect-src 'self'",
              "img-src 'self' data: blob:",
              "object-src 'none'",
              "base-uri 'none'",
              "form-action 'self'",
              "frame-ancestors 'none'");
      assertThat(answer.headers().map().keySet())
          .noneMatch(name -> name.startsWith("access-control-") || name.equals("set-cookie"));
    }
  }

  @Test
  void aBuildWithoutTheAppSaysSo() throws Exception {
    server.close();
    server = serving("/dev/signalbox/http/nothing");
    var answer = get("/");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(text(answer)).contains("app_missing");
  }

  private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private URI uri(String path) {
    return URI.create(server.url() + path);
  }

  private static Set<String> directives(HttpResponse<?> answer) {
    return Set.of(header(answer, "Content-Security-Policy").split("; "));
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static byte[] unzipped(byte[] bytes) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }
}
