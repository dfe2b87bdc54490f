package dev.signalbox.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The bare relay of P4: Node with `ws` reads the agent's lines from its pipe and sends each to the
/// socket of its stream, keeping nothing and asking nobody.
final class Relay {
  private Relay() {}

  static Moments measure(Path folder, int streams, int count, int everyMicros) {
    var moments = new Moments();
    var builder =
        new ProcessBuilder(
            "node",
            folder.resolve("relay.mjs").toString(),
            String.valueOf(streams),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            BenchAgent.class.getName(),
            "raw",
            String.valueOf(streams),
            String.valueOf(count),
            String.valueOf(everyMicros));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    var sockets = new ArrayList<WebSocket>();
    try (var http = HttpClient.newHttpClient()) {
      var process = builder.start();
      try (var out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        int port = Integer.parseInt(out.readLine());
        for (int i = 0; i < streams; i++) {
          sockets.add(
              http.newWebSocketBuilder()
                  .buildAsync(
                      URI.create("ws://127.0.0.1:" + port + "/s" + i), new Listener(moments))
                  .join());
        }
        process.waitFor();
      }
      sockets.forEach(WebSocket::abort);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return moments;
  }

  private static final class Listener implements WebSocket.Listener {
    private final Moments moments;

    Listener(Moments moments) {
      this.moments = moments;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      moments.hear(data, System.nanoTime());
      socket.request(1);
      return null;
    }
  }
}
