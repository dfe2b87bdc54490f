package dev.signalbox.testkit.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.testkit.fault.Ledger.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A thin client of `contract.md` with the local token. May be used by many threads. What the
/// network does to a call comes as [UncheckedIOException]; what the server answers, also a refusal,
/// as a [Reply].
public final class Client implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final int connectPort;
  private final int serverPort;
  private final String token;

  /// What the server said.
  public record Reply(int status, JsonNode body) {

    /// The body of a success.
    ///
    /// @throws IllegalStateException with what the server said when it refused
    public JsonNode ok() {
      if (status / 100 != 2) {
        throw new IllegalStateException(status + " " + body);
      }
      return body;
    }

    /// The stable code of a refusal; empty when there is none.
    public String code() {
      return body.path("code").asString("");
    }
  }

  /// A lane by the session it belongs to and its own id.
  public record Lane(String session, String id) {

    /// Of its calls.
    public String path() {
      return "/api/sessions/" + session + "/lanes/" + id;
    }
  }

  /// @param connectPort where to connect
  /// @param serverPort what to say in `Host`, which the server compares with its own port
  public Client(int connectPort, int serverPort, String token) {
    this.connectPort = connectPort;
    this.serverPort = serverPort;
    this.token = token;
  }

  public Reply get(String path) {
    return call("GET", path, BodyPublishers.noBody());
  }

  public Reply post(String path, JsonNode body) {
    return call("POST", path, BodyPublishers.ofString(body.toString()));
  }

  public Reply patch(String path, JsonNode body) {
    return call("PATCH", path, BodyPublishers.ofString(body.toString()));
  }

  public Reply delete(String path) {
    return call("DELETE", path, BodyPublishers.noBody());
  }

  /// Registers a folder and makes a session in it.
  ///
  /// @return the session
  public JsonNode session(Path folder) {
    String project =
        post("/api/projects", object().put("path", folder.toString())).ok().path("id").asString();
    return post("/api/projects/" + project + "/sessions", object()).ok();
  }

  /// A lane of a session by its name.
  public static Lane lane(JsonNode session, String name) {
    for (JsonNode lane : session.path("lanes")) {
      if (lane.path("name").asString("").equals(name)) {
        return new Lane(session.path("id").asString(), lane.path("id").asString());
      }
    }
    throw new IllegalStateException("no lane " + name + " in " + session);
  }

  /// Sends a prompt under a name of its own.
  ///
  /// @return the 202: `{turn,state,seq}`
  public JsonNode prompt(Lane lane, String agent, String text) {
    return prompt(lane, agent, text, UUID.randomUUID().toString()).ok();
  }

  public Reply prompt(Lane lane, String agent, String text, String clientId) {
    return turn(lane, object().put("clientId", clientId).put("text", text).put("agent", agent));
  }

  public Reply turn(Lane lane, ObjectNode body) {
    return post(lane.path() + "/turns", body);
  }

  public JsonNode interrupt(Lane lane) {
    return post(lane.path() + "/interrupt", object()).ok();
  }

  /// Says go on to a queue that is held.
  public JsonNode goOn(Lane lane) {
    return post(lane.path() + "/queue", object().put("state", "run")).ok();
  }

  /// Answers an ask by one of its options.
  ///
  /// @param ask as it came in `ask.opened`
  public Reply answer(JsonNode ask, String option, String clientId) {
    return post(
        "/api/asks/" + ask.path("id").asString(),
        object()
            .put("option", option)
            .put("hash", ask.path("hash").asString())
            .put("clientId", clientId));
  }

  /// The first option of an ask of that kind (`allow` or `reject`).
  public static String option(JsonNode ask, String kind) {
    for (JsonNode option : ask.path("options")) {
      if (option.path("kind").asString("").startsWith(kind)) {
        return option.path("id").asString();
      }
    }
    throw new IllegalStateException("no option to " + kind + " in " + ask);
  }

  public List<JsonNode> openAsks() {
    var asks = new ArrayList<JsonNode>();
    get("/api/asks?state=open").ok().forEach(asks::add);
    return asks;
  }

  /// Stores an attachment.
  ///
  /// @return its id
  public String upload(String type, byte[] bytes) {
    var request = request("/api/uploads").header("Content-Type", type);
    var reply = send(request.POST(BodyPublishers.ofByteArray(bytes)).build());
    return reply.ok().path("id").asString();
  }

  /// The newest page of items, oldest first.
  public List<JsonNode> items(Lane lane) {
    var items = new ArrayList<JsonNode>();
    get(lane.path() + "/items?limit=200").ok().path("items").forEach(items::add);
    return items;
  }

  /// The whole journal of a lane, page by page.
  public Journal journal(Lane lane) {
    var facts = new ArrayList<JsonNode>();
    while (true) {
      JsonNode page = get(lane.path() + "/events?after=" + facts.size() + "&limit=5000").ok();
      page.path("events").forEach(facts::add);
      if (!page.path("more").asBoolean(false)) {
        return new Journal(page.path("epoch").asString(), facts);
      }
    }
  }

  /// Watches a lane from its beginning; see [LaneSocket].
  public LaneSocket watch(Lane lane) {
    return watch(lane, new LaneView());
  }

  /// Watches a lane on from where the view is.
  public LaneSocket watch(Lane lane, LaneView view) {
    return LaneSocket.open(http, connectPort, host(), token, lane, view);
  }

  /// A lane's socket that keeps every frame; it has not said hello.
  public FrameSocket frames(Lane lane) throws Exception {
    return FrameSocket.open(http, connectPort, host(), token, lane);
  }

  /// The socket of the session list and the inbox.
  public FrameSocket list() throws Exception {
    return FrameSocket.open(http, connectPort, host(), token, null);
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  public static String encoded(String value) {
    return URLEncoder.encode(value, UTF_8);
  }

  private Reply call(String method, String path, HttpRequest.BodyPublisher body) {
    return send(
        request(path).header("Content-Type", "application/json").method(method, body).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + connectPort + path))
        .timeout(Duration.ofSeconds(60))
        .header("Host", host())
        .header("Authorization", "Bearer " + token);
  }

  private String host() {
    return "127.0.0.1:" + serverPort;
  }

  private Reply send(HttpRequest request) {
    try {
      var response = http.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
      String body = response.body();
      return new Reply(response.statusCode(), body.isEmpty() ? object() : JSON.readTree(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    }
  }
}
