package dev.signalbox.agent.opencode;

import dev.signalbox.agent.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// Requests to one server. Any thread may call; nothing is retried, everything is limited in time
/// and size. Never follows a redirect and knows no proxy: the server is on this machine.
final class OpencodeServer implements AutoCloseable {
  /// A list of messages with their outputs; opencode itself cuts an output at 50 KB.
  private static final int LARGEST_BODY = 64 * 1024 * 1024;

  private static final Duration CONNECTING = Duration.ofSeconds(5);
  private static final int LONGEST_WORDS = 2_000;
  static final JsonMapper JSON = JsonMapper.builder().build();

  private final URI address;
  private final String authorization;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .proxy(ProxySelector.of(null))
          .connectTimeout(CONNECTING)
          .executor(Thread::startVirtualThread)
          .build();

  OpencodeServer(URI address, String password) {
    this.address = address;
    var pair = ("opencode:" + password).getBytes(StandardCharsets.UTF_8);
    this.authorization = "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  /// @param path with its own query, if any
  /// @param directory the folder whose instance is asked; null for the server itself
  Answer get(String path, @Nullable Path directory, Duration limit) throws InterruptedException {
    return exchange(request(path, directory).GET().build(), limit);
  }

  Answer post(String path, Path directory, JsonNode body, Duration limit)
      throws InterruptedException {
    var text = HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body));
    var request =
        request(path, directory).header("Content-Type", "application/json").POST(text).build();
    return exchange(request, limit);
  }

  /// The events of a folder, from now on. Blocks until the server begins to answer.
  ///
  /// @throws IOException when it does not, or answers with an error
  InputStream events(Path directory, Duration limit) throws IOException, InterruptedException {
    var request =
        request("/event", directory)
            .header("Accept", "text/event-stream")
            .timeout(limit)
            .GET()
            .build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      response.body().close();
      throw new IOException("GET /event answered " + response.statusCode());
    }
    return response.body();
  }

  /// One segment of a path.
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path, @Nullable Path directory) {
    var query =
        directory == null
            ? ""
            : (path.contains("?") ? "&" : "?") + "directory=" + segment(directory.toString());
    return HttpRequest.newBuilder(address.resolve(path + query))
        .header("Authorization", authorization);
  }

  /// The limit is for the whole answer: the client's own would end with its head.
  private Answer exchange(HttpRequest request, Duration limit) throws InterruptedException {
    var answer =
        client.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(
                HttpResponse.BodyHandlers.ofByteArray(), LARGEST_BODY));
    try {
      return read(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return new Answer.Silent(limit);
    } catch (ExecutionException | CancellationException e) {
      return new Answer.Broken(String.valueOf(e.getCause() == null ? e : e.getCause()));
    } finally {
      answer.cancel(true);
    }
  }

  private static Answer read(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    var bytes = response.body();
    if (status / 100 != 2) {
      return new Answer.Refused(status, said(bytes));
    }
    if (bytes.length == 0) {
      return new Answer.Ok(MissingNode.getInstance());
    }
    try {
      return new Answer.Ok(JSON.readTree(bytes));
    } catch (JacksonException e) {
      return new Answer.Refused(status, "The answer is no JSON.");
    }
  }

  private static String said(byte[] bytes) {
    String text;
    try {
      var body = JSON.readTree(bytes);
      text = Json.text(body.path("data"), "message", Json.text(body, "message", body.toString()));
    } catch (JacksonException e) {
      text = new String(bytes, StandardCharsets.UTF_8);
    }
    return text.length() > LONGEST_WORDS ? text.substring(0, LONGEST_WORDS) + "…" : text;
  }

  /// Breaks off every request and stream.
  @Override
  public void close() {
    client.shutdownNow();
  }
}
