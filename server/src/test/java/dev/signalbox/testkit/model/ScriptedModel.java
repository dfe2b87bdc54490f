package dev.signalbox.testkit.model;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// A model server on loopback that answers by the script in the prompt (see [ModelScript]).
///
/// A request that announces no tools is a side call of the agent's own (a title, a summary) and
/// gets a short neutral answer, though it may quote the script. A request with tools but without a
/// script gets `No script.`, one past the script's end `End of script.`. Each request has its own
/// virtual thread, so a slow answer delays no other one. All methods may be called from any thread.
public final class ScriptedModel implements AutoCloseable {

  private static final int REMEMBERED = 2_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final List<Dialect> dialects =
      List.of(new ChatCompletions(), new AnthropicMessages(), new Responses(), new GeminiContent());
  private final AtomicLong numbers = new AtomicLong();
  private final Map<String, AtomicInteger> faults = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<ModelRequest> requests = new ArrayDeque<>(); // guarded by lock
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final Consumer<ModelRequest> watcher;

  private ScriptedModel(HttpServer server, Consumer<ModelRequest> watcher) {
    this.server = server;
    this.watcher = watcher;
  }

  /// Starts one on any free port.
  public static ScriptedModel start() {
    return start(0, _ -> {});
  }

  private static ScriptedModel start(int port, Consumer<ModelRequest> watcher) {
    // Read by the JDK's server when its first instance is made: without it each small event may
    // wait 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      var model = new ScriptedModel(HttpServer.create(address, 0), watcher);
      model.server.setExecutor(model.threads);
      model.server.createContext("/", model::handle);
      model.server.start();
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// By hand: prints `{"port":N}`, then one line per request on standard error, until it is ended.
  public static void main(String[] args) throws InterruptedException {
    int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
    try (var model = start(port, request -> System.err.println(request.line()))) {
      System.out.println("{\"port\":" + model.port() + "}");
      new CountDownLatch(1).await();
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /// `http://127.0.0.1:N`, without `/v1`.
  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /// The last 2,000 requests, oldest first.
  public List<ModelRequest> requests() {
    lock.lock();
    try {
      return List.copyOf(requests);
    } finally {
      lock.unlock();
    }
  }

  /// Those that were not side calls.
  public List<ModelRequest> mainRequests() {
    return requests().stream().filter(request -> !request.side()).toList();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.close();
  }

  /// What leaves this method as an exception makes the server drop the connection: that is how one
  /// is cut.
  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] bytes = exchange.getRequestBody().readAllBytes();
    for (Dialect dialect : dialects) {
      if (dialect.speaks(exchange.getRequestMethod(), path)) {
        answer(exchange, dialect, path, bytes);
        return;
      }
    }
    var reply = new Reply(exchange, closed);
    if (path.endsWith("/models")) {
      reply.json(200, models());
    } else if (path.endsWith(":countTokens")) {
      reply.json(200, JsonNodeFactory.instance.objectNode().put("totalTokens", 123));
    } else {
      reply.json(404, JsonNodeFactory.instance.objectNode().put("error", "no such path: " + path));
    }
  }

  private static JsonNode models() {
    var list = JsonNodeFactory.instance.objectNode().put("object", "list");
    var data = list.putArray("data");
    data.addObject().put("id", "fake-1").put("object", "model");
    data.addObject().put("id", "fake-2").put("object", "model");
    return list;
  }

  private void answer(HttpExchange exchange, Dialect dialect, String path, byte[] bytes)
      throws IOException {
    var reply = new Reply(exchange, closed);
    JsonNode body;
    try {
      body = JSON.readTree(bytes);
    } catch (JacksonException e) {
      reply.json(400, dialect.error(400, "not JSON"));
      return;
    }
    var conversation = dialect.read(path, body);
    boolean side = conversation.tools().isEmpty();
    var place = conversation.place();
    int at = place.map(Conversation.Place::turn).orElse(0);
    long number = numbers.incrementAndGet();
    remember(
        new ModelRequest(
            number,
            path,
            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
            conversation,
            side,
            !side && place.isPresent(),
            at,
            body));
    var turn =
        side
            ? ModelTurn.says("Side call")
            : place.map(this::turn).orElse(ModelTurn.says("No script."));
    new Playing(dialect, reply, number, conversation, at, turn).play();
  }

  private ModelTurn turn(Conversation.Place place) {
    var turns = place.script().turns();
    if (place.turn() >= turns.size()) {
      return ModelTurn.says("End of script.");
    }
    var turn = turns.get(place.turn());
    if (!turn.hasFault() || turn.times() == 0) {
      return turn;
    }
    int met =
        faults
            .computeIfAbsent(place.turn() + " " + place.script(), _ -> new AtomicInteger())
            .incrementAndGet();
    return met > turn.times() ? turn.withoutFault() : turn;
  }

  private void remember(ModelRequest request) {
    lock.lock();
    try {
      if (requests.size() == REMEMBERED) {
        requests.removeFirst();
      }
      requests.addLast(request);
    } finally {
      lock.unlock();
    }
    watcher.accept(request);
  }
}
