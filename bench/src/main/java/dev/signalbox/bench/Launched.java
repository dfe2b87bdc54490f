package dev.signalbox.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/// A server started as a user starts it: `./signalbox`, with its flags and its AOT cache.
///
/// @param startNanos from the exec of the script to the ready file
record Launched(Process process, Path folder, int port, long startNanos) implements AutoCloseable {
  private static final Path SCRIPT = Path.of(System.getProperty("signalbox.root"), "signalbox");

  /// @param folder its data folder is `data` in it
  static Launched start(Path folder) {
    var ready = folder.resolve("ready.json");
    try {
      Files.deleteIfExists(ready);
      var builder =
          new ProcessBuilder(
              SCRIPT.toString(),
              "up",
              "--port",
              "0",
              "--no-open",
              "--data",
              folder.resolve("data").toString(),
              "--ready-file",
              ready.toString());
      builder.redirectErrorStream(true);
      builder.redirectOutput(
          ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile()));
      long begin = System.nanoTime();
      var process = builder.start();
      while (!Files.exists(ready)) {
        if (process.waitFor(2, TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException(
              "the server did not start: " + Files.readString(folder.resolve("server.log")));
        }
      }
      long took = System.nanoTime() - begin;
      var json = JsonMapper.shared().readTree(Files.readString(ready));
      return new Launched(process, folder, json.get("port").asInt(), took);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  String token() {
    try {
      return Files.readString(folder.resolve("data/token")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// GET with the local token.
  String get(HttpClient http, String path) {
    try {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .header("Authorization", "Bearer " + token())
              .build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
