package dev.signalbox.http;

import dev.signalbox.http.HttpServer.Options;
import io.javalin.config.JettyConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How Jetty listens: one acceptor, one selector, a virtual thread for each request, and limits on
/// everything that a stranger decides.
final class Listening {
  private static final Logger ACCESS = LoggerFactory.getLogger("dev.signalbox.http.access");
  private static final int HEADERS = 16 << 10;

  private Listening() {}

  static void configure(
      JettyConfig jetty, Options options, Tuning tuning, Gate gate, Sockets sockets) {
    var scheduler = new ScheduledExecutorScheduler("http-timer", true);
    var heads = new SlowHeads(tuning.requests(), scheduler);
    var threads = new QueuedThreadPool(8, 4);
    threads.setName("http");
    threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
    jetty.threadPool = threads;
    jetty.modifyHttpConfiguration(Listening::limit);
    jetty.addConnector((server, http) -> {
      var connector = connector(server, http, options, scheduler);
      connector.setIdleTimeout(tuning.requests().idle().toMillis());
      connector.addBean(heads);
      return connector;
    });
    jetty.modifyServletContextHandler(
        context -> context.getSessionHandler().setUsingCookies(false));
    jetty.modifyServer(server -> {
      sockets.prepare(server);
      server.insertHandler(sockets);
      server.insertHandler(new StaticFiles(tuning.app()));
      server.insertHandler(gate);
      server.insertHandler(heads);
      server.setErrorHandler(Listening::error);
      server.setRequestLog(Listening::log);
      server.setStopTimeout(0);
    });
  }

  private static void limit(HttpConfiguration http) {
    http.setRequestHeaderSize(HEADERS);
    http.setUriCompliance(UriCompliance.DEFAULT); // what is ambiguous is refused
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
  }

  private static ServerConnector connector(
      Server server, HttpConfiguration http, Options options, Scheduler scheduler) {
    var connector =
        new ServerConnector(server, null, scheduler, null, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(options.host());
    connector.setPort(options.port());
    return connector;
  }

  /// What Jetty refuses by itself: a request that is not HTTP, or too long.
  private static boolean error(Request request, Response response, Callback callback) {
    var status = response.getStatus() >= 400 ? response.getStatus() : 400;
    SecurityHeaders.put(request, response);
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, ProblemBody.TYPE);
    var problem = ProblemBody.of(status, "bad_request", "The request is not as HTTP wants it.");
    response.write(
        true, ByteBuffer.wrap(Wire.text(problem).getBytes(StandardCharsets.UTF_8)), callback);
    return true;
  }

  // Without the query and without headers: nothing secret is ever in a path.
  private static void log(Request request, Response response) {
    var who = request.getAttribute(Gate.PRINCIPAL) instanceof Principal p ? p.id() : "-";
    ACCESS.info(
        "ip={} who={} method={} path={} status={} ms={}",
        Request.getRemoteAddr(request),
        who,
        request.getMethod(),
        Call.brief(String.valueOf(request.getHttpURI().getPath())),
        response.getStatus(),
        Duration.ofNanos(System.nanoTime() - request.getBeginNanoTime()).toMillis());
  }
}
