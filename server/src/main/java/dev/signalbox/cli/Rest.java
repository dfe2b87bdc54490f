package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The HTTP contract with the local token. For any thread; calls block.
final class Rest implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(5);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .proxy(HttpClient.Builder.NO_PROXY) // the token goes to this computer and nowhere else
          .connectTimeout(LONGEST_LOOK)
          .build();
  private final URI url;
  private final String token;

  /// @param url without a path
  Rest(String url, String token) {
    this.url = URI.create(url);
    this.token = token;
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// A part of a path or of a query.
  static String encoded(String value) {
    return URLEncoder.encode(value, UTF_8).replace("+", "%20");
  }

  URI url() {
    return url;
  }

  /// What `GET /api/health` says; empty when nobody listens there.
  ///
  /// @throws Refused when somebody does and does not answer
  String status() throws InterruptedException {
    try {
      return health().path("status").asString("");
    } catch (ServerRefused e) {
      return "";
    }
  }

  JsonNode health() throws InterruptedException {
    var request = request("/api/health").timeout(LONGEST_LOOK).GET().build();
    try {
      return read(request, http.send(request, HttpResponse.BodyHandlers.ofString(UTF_8)));
    } catch (HttpTimeoutException e) {
      throw Refused.unavailable(
          "server_silent",
          "The server at %s does not answer; look at its process, or end it and start again with `signalbox up`."
              .formatted(url));
    } catch (IOException e) {
      return object();
    }
  }

  /// Reads a page of the app and forgets it.
  void page(String path) throws IOException, InterruptedException {
    http.send(request(path).build(), HttpResponse.BodyHandlers.discarding());
  }

  JsonNode get(String path) throws InterruptedException {
    return send(request(path).timeout(LONGEST).GET().build());
  }

  /// Carries its own `Idempotency-Key`: what a lost connection makes us send twice is done once.
  JsonNode post(String path, JsonNode body) throws InterruptedException {
    return send(
        request(path)
            .timeout(LONGEST)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(BodyPublishers.ofString(body.toString(), UTF_8))
            .build());
  }

  JsonNode delete(String path) throws InterruptedException {
    return send(request(path).timeout(LONGEST).DELETE().build());
  }

  /// @param protocols offered, the first one as it shall be accepted
  WebSocket socket(WebSocket.Listener listener, String first, String... protocols) {
    return http.newWebSocketBuilder()
        .header("Authorization", "Bearer " + token)
        .connectTimeout(LONGEST_LOOK)
        .subprotocols(first, protocols)
        .buildAsync(URI.create("ws" + url.toString().substring("http".length()) + "/ws"), listener)
        .join();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .header("Authorization", "Bearer " + token);
  }

  private JsonNode send(HttpRequest request) throws InterruptedException {
    try {
      return once(request);
    } catch (ConnectException e) {
      throw gone(e);
    } catch (HttpTimeoutException e) {
      throw Refused.unavailable(
          "server_silent",
          "The server at %s took longer than %d s to answer.".formatted(url, LONGEST.toSeconds()));
    } catch (IOException lost) {
      try {
        return once(request);
      } catch (IOException e) {
        throw gone(e);
      }
    }
  }

  private JsonNode once(HttpRequest request) throws IOException, InterruptedException {
    return read(request, http.send(request, HttpResponse.BodyHandlers.ofString(UTF_8)));
  }

  private Refused gone(IOException e) {
    return Refused.unavailable(
        "server_gone",
        "The server at %s does not answer any more (%s): start it again with `signalbox up`."
            .formatted(url, e.getMessage() == null ? "connection lost" : e.getMessage()));
  }

  private static JsonNode read(HttpRequest request, HttpResponse<String> response) {
    var body = json(response.body());
    if (response.statusCode() / 100 == 2 && body != null) {
      return body;
    }
    var problem = body == null ? object() : body;
    throw new ServerRefused(
        response.statusCode(),
        problem.path("code").asString(""),
        problem
            .path("detail")
            .asString(
                "The server answered %d to %s %s."
                    .formatted(response.statusCode(), request.method(), request.uri().getPath())));
  }

  private static @Nullable JsonNode json(String text) {
    try {
      return text.isEmpty() ? object() : JSON.readTree(text);
    } catch (JacksonException e) {
      return null;
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
