package dev.signalbox.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An ACP agent that does nothing but send, and puts the moment of sending into what it sends
/// (`T<nanos>;`, the machine's monotonic clock, which all processes share). Prompts:
///
/// - `echo`: one chunk with the moment the prompt was read
/// - `stream COUNT EVERY_MICROS DELAY_MICROS`: that many chunks at that pace, after a delay
/// - `flood COUNT FACTS_PERMILLE RATE`: that many events at `RATE` a second (0: as fast as the pipe
///   takes them), of which so many in a thousand are facts, the rest growing text
/// - `answer CHUNKS`: that many chunks of 20 characters, 2 ms apart
public final class BenchAgent {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final OutputStream OUT = System.out;
  private static final AtomicInteger SESSIONS = new AtomicInteger();

  private BenchAgent() {}

  public static void main(String[] args) throws IOException {
    if (args.length > 0) {
      raw(args);
      return;
    }
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      long at = System.nanoTime();
      var message = JSON.readTree(line);
      switch (message.path("method").asString("")) {
        case "initialize" ->
            result(
                message,
                "{\"protocolVersion\":1,\"agentCapabilities\":{\"loadSession\":false},\"authMethods\":[]}");
        case "session/new" ->
            result(message, "{\"sessionId\":\"s" + SESSIONS.incrementAndGet() + "\"}");
        case "session/prompt" -> Thread.ofVirtual().start(() -> play(message, at));
        default -> {
          if (message.has("id")) {
            result(message, "{}");
          }
        }
      }
    }
  }

  /// Without a protocol, for the relay it is compared with: `raw STREAMS COUNT EVERY_MICROS`.
  private static void raw(String[] args) {
    int streams = Integer.parseInt(args[1]);
    var threads =
        java.util.stream.IntStream.range(0, streams)
            .mapToObj(i ->
                Thread.ofVirtual()
                    .start(() ->
                        stream(
                            "s" + i,
                            Integer.parseInt(args[2]),
                            Long.parseLong(args[3]),
                            i * Long.parseLong(args[3]) / streams)))
            .toList();
    for (var thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void play(JsonNode message, long at) {
    var session = message.get("params").get("sessionId").asString();
    var words = message.get("params").get("prompt").get(0).get("text").asString().split(" ", -1);
    switch (words[0]) {
      case "echo" -> chunk(session, "T" + at + ";");
      case "stream" ->
          stream(
              session,
              Integer.parseInt(words[1]),
              Long.parseLong(words[2]),
              Long.parseLong(words[3]));
      case "flood" ->
          flood(
              session,
              Integer.parseInt(words[1]),
              Integer.parseInt(words[2]),
              Integer.parseInt(words[3]));
      case "answer" -> {
        for (int i = 0; i < Integer.parseInt(words[1]); i++) {
          chunk(session, "some words of answer");
          LockSupport.parkNanos(2_000_000);
        }
      }
      default -> chunk(session, "?");
    }
    result(message, "{\"stopReason\":\"end_turn\"}");
  }

  private static void stream(String session, int count, long everyMicros, long delayMicros) {
    long next = System.nanoTime() + delayMicros * 1_000;
    for (int i = 0; i < count; i++) {
      sleepUntil(next);
      chunk(session, "T" + System.nanoTime() + ";");
      next += everyMicros * 1_000;
    }
  }

  private static void flood(String session, int count, int factsPermille, int rate) {
    long begin = System.nanoTime();
    int facts = 0;
    for (int i = 0; i < count; i++) {
      if (rate > 0 && i % 20 == 0) {
        sleepUntil(begin + i * 1_000_000_000L / rate);
      }
      if ((long) i * factsPermille / 1000 > facts) {
        facts++;
        tool(session, facts);
      } else {
        chunk(session, "0123456789 ");
      }
    }
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /// One tool call in two facts: it begins, and it is done.
  private static void tool(String session, int number) {
    boolean done = number % 2 == 0;
    int call = (number + 1) / 2;
    update(
        session,
        done
            ? "{\"sessionUpdate\":\"tool_call_update\",\"toolCallId\":\"c"
                + call
                + "\",\"status\":\"completed\"}"
            : "{\"sessionUpdate\":\"tool_call\",\"toolCallId\":\"c"
                + call
                + "\",\"title\":\"step "
                + call
                + "\",\"kind\":\"execute\",\"status\":\"in_progress\"}");
  }

  private static void chunk(String session, String text) {
    update(
        session,
        "{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{\"type\":\"text\",\"text\":\""
            + text
            + "\"}}");
  }

  private static void update(String session, String update) {
    send(
        "{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":{\"sessionId\":\""
            + session
            + "\",\"update\":"
            + update
            + "}}");
  }

  private static void result(JsonNode request, String result) {
    send("{\"jsonrpc\":\"2.0\",\"id\":" + request.get("id") + ",\"result\":" + result + "}");
  }

  private static void send(String line) {
    var bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (OUT) {
      try {
        OUT.write(bytes);
        OUT.flush();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
