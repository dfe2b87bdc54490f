package dev.signalbox.http;

import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.Registry;
import dev.signalbox.agent.conformance.AgentTests;
import dev.signalbox.id.Ids;
import dev.signalbox.job.Jobs;
import dev.signalbox.journal.Journal;
import dev.signalbox.refusal.Refused;
import dev.signalbox.session.Sessions;
import dev.signalbox.store.Database;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinBindException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The server that browsers, scripts and the command line talk to. It listens before the rooms are
/// open: until [#open] it answers that it is starting. Any thread may call.
public final class HttpServer implements AutoCloseable {
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "localhost");

  /// @param host `127.0.0.1`, `localhost` or `::1`
  /// @param port 0 for any free one
  /// @param context name of the runtime context, as shown
  /// @param token gives programs of this user access
  /// @param control false refuses everything that starts, changes or answers something
  public record Options(
      String host, int port, String context, String token, boolean control, String version) {
    public Options {
      if (!LOOPBACK.contains(host)) {
        throw Refused.invalid(
            "host_not_loopback",
            "The host %s is not of this computer alone. For now Signalbox listens on 127.0.0.1, localhost or ::1 only; to use it from elsewhere, forward the port over SSH."
                .formatted(host));
      }
      if (port < 0 || port > 65_535) {
        throw Refused.invalid("port", "The port %d is not between 0 and 65535.".formatted(port));
      }
    }
  }

  /// What the routes work on.
  public record Rooms(
      Database database,
      Journal journal,
      Sessions sessions,
      Registry registry,
      AgentPool pool,
      Uploads uploads,
      Jobs jobs,
      AgentTests tests) {}

  private final Options options;
  private final Secrets secrets = new Secrets();
  private final Codes codes;
  private final Access access;
  private final SocketHub hub = new SocketHub();
  private final Sockets sockets;
  private final EventStream stream;
  private final Router router;
  private final Javalin javalin;
  private final InstantSource clock;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable News news;

  /// @param clock for what is stored
  /// @param nanos for how long things last, `System::nanoTime`
  /// @param stop ends the whole server; called on a thread of its own
  public HttpServer(Options options, InstantSource clock, LongSupplier nanos, Runnable stop) {
    this(options, clock, nanos, Tuning.USUAL, stop);
  }

  HttpServer(
      Options options, InstantSource clock, LongSupplier nanos, Tuning tuning, Runnable stop) {
    this.options = options;
    this.clock = clock;
    this.codes = new Codes(secrets, nanos);
    this.access = new Access(options.token(), nanos);
    this.sockets = new Sockets(hub, tuning.sockets(), options.control());
    this.stream = new EventStream(hub, tuning.sockets());
    this.router = new Router(table(stop), options.control(), new Body(tuning.requests()));
    this.javalin = Javalin.create(config -> configure(config, tuning));
  }

  private List<Route> table(Runnable stop) {
    var table = new ArrayList<Route>();
    table.addAll(new AuthRoutes(options, codes, this::link, stop).routes());
    table.addAll(AgentRoutes.routes());
    table.addAll(SessionRoutes.routes());
    table.addAll(LaneRoutes.routes());
    table.addAll(JobRoutes.routes());
    table.addAll(new HistoryRoutes(stream).routes());
    var described = new ArrayList<>(table);
    var api = new OpenApi(described, options.version());
    var self =
        Route.get("/api/openapi.json", "This description")
            .answers(Object.class)
            .by(_ -> new Reply.Raw(200, api.json()));
    described.add(self);
    table.add(self);
    return table;
  }

  private void configure(JavalinConfig config, Tuning tuning) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.prefer405over404 = true;
    var gate = new Gate(access, router.openRoutes());
    Listening.configure(config.jetty, options, tuning, gate, sockets);
    router.register(config.routes);
  }

  /// Binds and begins to answer.
  ///
  /// @throws Refused when the port is in use
  public void start() {
    try {
      javalin.start();
    } catch (JavalinBindException e) {
      throw Refused.unavailable(
          "port_in_use",
          "Port %d of %s cannot be used: another program has it. Choose another with --port N (0 takes any free one)."
              .formatted(options.port(), options.host()));
    }
  }

  /// From now on everything is answered.
  public void open(Rooms rooms) {
    var devices = new Devices(rooms.database(), clock, new Ids(clock), secrets);
    devices.onRevoked(hub::closeDevice);
    var open = new Open(rooms, devices, new Audit(rooms.database(), clock));
    var told = new News(rooms);
    news = told;
    access.know(devices);
    sockets.open(new Sockets.Ready(open, told));
    router.open(open, new Idempotency(rooms.database(), clock));
  }

  List<Route> routes() {
    return router.routes();
  }

  public int port() {
    return javalin.port();
  }

  /// Without a path and without credentials.
  public URI url() {
    var host = options.host().contains(":") ? "[" + options.host() + "]" : options.host();
    return URI.create("http://" + host + ":" + port());
  }

  /// A link that signs one browser in, once, within 120 s.
  public String link() {
    return url() + "/#code=" + codes.make();
  }

  /// Tells every client that the server stops, then closes every connection; idempotent. To be
  /// called while the rooms are still open.
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      hub.closeAll(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var told = news;
    if (told != null) {
      told.close();
    }
    javalin.stop();
  }
}
