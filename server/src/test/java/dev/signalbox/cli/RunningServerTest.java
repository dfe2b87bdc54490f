package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.signalbox.config.ContextLock;
import dev.signalbox.config.DataFolder;
import dev.signalbox.config.RuntimeContext;
import dev.signalbox.config.RuntimeContext.ServerNote;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A note says where a server was; whether it is one now is another question.
class RunningServerTest {
  @TempDir private Path folder;
  private RuntimeContext context;
  private ContextLock lock;
  private HttpServer stranger;
  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void listen() throws IOException {
    context = DataFolder.locate(folder.toString(), Map.of()).context("main");
    context.prepare();
    context.data().token();
    lock = context.tryLock().orElseThrow();
    stranger = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    stranger.start();
  }

  @AfterEach
  void stop() {
    stranger.stop(0);
    lock.close();
  }

  @Test
  void nobodyIsThereWithoutANote() throws Exception {
    assertThat(RunningServer.find(context)).isEmpty();
  }

  @Test
  void theTokenIsNotShownToWhoeverListensWhereADeadServerDid() throws Exception {
    answer(200, "{\"status\":\"up\",\"version\":\"1\"}");
    publish(deadPid(), Instant.now());

    assertThat(RunningServer.find(context)).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void aProcessThatIsYoungerThanTheNoteIsAnother() throws Exception {
    answer(200, "{\"status\":\"up\",\"version\":\"1\"}");
    publish(ProcessHandle.current().pid(), Instant.parse("2020-01-01T00:00:00Z"));

    assertThat(RunningServer.find(context)).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void whatDoesNotAnswerLikeAServerIsNone() throws Exception {
    answer(200, "<html>hello</html>");
    publish(ProcessHandle.current().pid(), Instant.now());
    assertThat(RunningServer.find(context)).isEmpty();

    stranger.stop(0);
    assertThat(RunningServer.find(context)).isEmpty();
  }

  @Test
  void oneThatIsStartingIsWaitedFor() throws Exception {
    var asked = new AtomicInteger();
    stranger.createContext(
        "/api/health",
        exchange -> {
          var status = asked.incrementAndGet() < 3 ? "starting" : "up";
          var body = "{\"status\":\"%s\"}".formatted(status).getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    publish(ProcessHandle.current().pid(), Instant.now());

    try (var found = RunningServer.find(context).orElseThrow()) {
      assertThat(found.note().port()).isEqualTo(stranger.getAddress().getPort());
      assertThat(asked).hasValue(3);
    }
  }

  @Test
  void anErrorOfTheServerIsPrintedAsItsDetail() throws Exception {
    answer(200, "{\"status\":\"up\"}");
    stranger.createContext(
        "/api/sessions",
        exchange -> {
          var body = "{\"code\":\"control_off\",\"detail\":\"Switched off.\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(403, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    publish(ProcessHandle.current().pid(), Instant.now());

    var called = Terminal.with(Map.of("SIGNALBOX_DATA", folder.toString())).call("stop", "last");

    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.errLines()).isEqualTo(List.of("Switched off."));
  }

  private void answer(int status, String body) {
    stranger.createContext(
        "/api/health",
        exchange -> {
          seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          exchange.sendResponseHeaders(status, body.length());
          exchange.getResponseBody().write(body.getBytes(UTF_8));
          exchange.close();
        });
  }

  private void publish(long pid, Instant at) {
    int port = stranger.getAddress().getPort();
    lock.publish(
        new ServerNote(pid, port, "http://127.0.0.1:" + port, folder.toString(), "main", at));
  }

  private static long deadPid() throws Exception {
    var process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }
}
