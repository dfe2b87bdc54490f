package dev.signalbox.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.jsonrpc.PeerHandler.Oddity.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

@Timeout(60)
class PeerTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void aRequestGetsTheAnswerWithItsId() throws Exception {
    try (var line = new Line()) {
      var first = asking(line, "one");
      var second = asking(line, "two");
      long one = id(line.hears());
      long two = id(line.hears());
      line.says("{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":\"second\"}".formatted(two));
      line.says("{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":\"first\"}".formatted(one));

      // Which of the two was written first is up to the scheduler; the answers follow the ids.
      assertThat(List.of(text(first.take()), text(second.take())))
          .containsExactlyInAnyOrder("first", "second");
    }
  }

  @Test
  void anErrorAnswerKeepsCodeMessageAndData() throws Exception {
    try (var line = new Line()) {
      var reply = asking(line, "x");
      long id = id(line.hears());
      line.says(
          "{\"id\":%d,\"error\":{\"code\":400,\"message\":\"no\",\"data\":{\"a\":1}}}"
              .formatted(id));
      assertThat(reply.take()).isEqualTo(new Reply.Refused(400, "no", JSON.readTree("{\"a\":1}")));
    }
  }

  @Test
  void notificationsKeepTheirOrderAndComeBeforeTheAnswerThatFollowedThem() throws Exception {
    try (var line = new Line()) {
      var reply = asking(line, "x");
      long id = id(line.hears());
      var sent = new StringBuilder();
      for (int i = 0; i < 5_000; i++) {
        sent.append("{\"method\":\"n\",\"params\":").append(i).append("}\n");
      }
      sent.append("{\"id\":").append(id).append(",\"result\":null}\n");
      line.raw(sent.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));

      reply.take();
      assertThat(line.recorder.notifications)
          .isEqualTo(IntStream.range(0, 5_000).mapToObj(i -> "n " + i).toList());
    }
  }

  @Test
  void whatFollowsAnAnswerIsHandledAfterItsCallback() throws Exception {
    try (var line = new Line()) {
      var order = new ArrayBlockingQueue<String>(10);
      var seen = new AtomicReference<List<String>>();
      Thread.startVirtualThread(() -> {
        try {
          line.peer
              .begin("x", NOTHING, reply -> seen.set(List.copyOf(line.recorder.notifications)))
              .await(LONG);
          order.add("returned");
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      long id = id(line.hears());
      line.says(
          "{\"method\":\"before\"}\n{\"id\":%d,\"result\":1}\n{\"method\":\"after\"}"
              .formatted(id));
      order.take();
      assertThat(seen.get()).containsExactly("before ");
    }
  }

  @Test
  void aHandlerThatBlocksStopsThePipe() throws Exception {
    try (var line = new Line()) {
      line.recorder.gate = new CountDownLatch(1);
      var written = new CountDownLatch(1);
      Thread.startVirtualThread(() -> {
        try {
          for (int i = 0; i < 400; i++) {
            line.says("{\"method\":\"n\",\"params\":\"" + "x".repeat(64 * 1024) + "\"}");
          }
          written.countDown();
        } catch (IOException e) {
          // The test is over.
        }
      });
      assertThat(written.await(500, TimeUnit.MILLISECONDS)).isFalse();
      line.recorder.gate.countDown();
      assertThat(written.await(30, TimeUnit.SECONDS)).isTrue();
      await().until(() -> line.recorder.notifications.size() == 400);
    }
  }

  @Test
  void callsOfThePeerAreAnsweredUnderTheirOwnId() throws Exception {
    try (var line = new Line()) {
      line.says("{\"id\":\"9638cc36-66a4\",\"method\":\"a\",\"params\":{\"b\":2}}");
      line.says("{\"id\":0,\"method\":\"a\"}");
      await().until(() -> line.recorder.calls.size() == 2);
      line.recorder.calls.get(0).answer(JSON.readTree("{\"ok\":true}"));
      assertThat(line.hears())
          .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"9638cc36-66a4\",\"result\":{\"ok\":true}}");
      line.recorder.calls.get(1).refuse(Call.METHOD_NOT_FOUND, "no such");
      assertThat(line.hears())
          .isEqualTo(
              "{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":-32601,\"message\":\"no such\"}}");
    }
  }

  @Test
  void aCallIsAnsweredOnce() throws Exception {
    try (var line = new Line()) {
      line.says("{\"id\":1,\"method\":\"a\"}");
      await().until(() -> line.recorder.calls.size() == 1);
      var call = line.recorder.calls.getFirst();
      assertThat(call.answer(NOTHING)).isTrue();
      assertThat(call.refuse(1, "too late")).isFalse();
      line.peer.post("after", NOTHING);
      assertThat(line.hears()).contains("\"result\"");
      assertThat(line.hears()).contains("after");
    }
  }

  @Test
  void badLinesAreReportedAndSkipped() throws Exception {
    try (var line = new Line()) {
      line.says("garbage");
      line.says("");
      line.says("[]");
      line.says("{\"a\":1}");
      line.says("\"text\"");
      line.says("{\"error\":{\"code\":-32700}}");
      line.says("{\"id\":null,\"result\":1}");
      line.says("{\"id\":777,\"result\":1}");
      line.says("{\"id\":\"777\",\"result\":1}");
      line.raw(new byte[] {'"', (byte) 0xff, (byte) 0xfe, '"', '\n'});
      line.says("[".repeat(100_000));
      line.says("{\"method\":\"alive\"}");
      await().until(() -> !line.recorder.notifications.isEmpty());

      assertThat(line.recorder.kinds())
          .containsExactly(
              Kind.NOT_JSON,
              Kind.NOT_A_MESSAGE,
              Kind.NOT_A_MESSAGE,
              Kind.NOT_A_MESSAGE,
              Kind.RESPONSE_WITHOUT_ID,
              Kind.RESPONSE_WITHOUT_ID,
              Kind.UNMATCHED_RESPONSE,
              Kind.UNMATCHED_RESPONSE,
              Kind.NOT_JSON,
              Kind.NOT_JSON);
    }
  }

  @Test
  void aHundredMegabyteLineIsSkippedWithoutBeingKept() throws Exception {
    var small = new Peer.Options(1024 * 1024, 16, false, Peer.Options.DEFAULT.threads());
    try (var line = new Line(small)) {
      long before = used();
      var chunk = new byte[1024 * 1024];
      Arrays.fill(chunk, (byte) 'x');
      for (int i = 0; i < 100; i++) {
        line.raw(chunk);
        if (i % 20 == 19) {
          assertThat(used() - before).isLessThan(16L * 1024 * 1024);
        }
      }
      line.says("");
      line.says("{\"method\":\"alive\"}");
      await().until(() -> !line.recorder.notifications.isEmpty());
      var oddity = line.recorder.oddities.getFirst();
      assertThat(oddity.kind()).isEqualTo(Kind.OVERSIZED);
      assertThat(oddity.bytes()).isEqualTo(100L * 1024 * 1024);
      assertThat(oddity.head()).hasSizeLessThanOrEqualTo(1024).startsWith("xxx");
    }
  }

  @Test
  void aLineOfExactlyTheLimitIsTakenAndOneByteMoreIsNot() throws Exception {
    var small = new Peer.Options(100, 16, false, Peer.Options.DEFAULT.threads());
    try (var line = new Line(small)) {
      var fits = "{\"method\":\"n\",\"params\":\"\"}";
      line.says(fits.replace("\"\"", "\"" + "x".repeat(100 - fits.length()) + "\""));
      line.says(fits.replace("\"\"", "\"" + "x".repeat(101 - fits.length()) + "\""));
      line.says("{\"method\":\"alive\"}");
      await().until(() -> line.recorder.notifications.contains("alive "));
      assertThat(line.recorder.notifications).hasSize(2);
      assertThat(line.recorder.kinds()).containsExactly(Kind.OVERSIZED);
    }
  }

  @Test
  void aHandlerThatThrowsIsReportedAndTheCallIsRefused() throws Exception {
    try (var line = new Line()) {
      line.says("{\"method\":\"explode\"}");
      line.says("{\"id\":5,\"method\":\"explode\"}");
      assertThat(line.hears()).contains("\"id\":5").contains("-32603");
      line.says("{\"method\":\"alive\"}");
      await().until(() -> !line.recorder.notifications.isEmpty());
      assertThat(line.recorder.kinds()).containsExactly(Kind.HANDLER_FAILED, Kind.HANDLER_FAILED);
    }
  }

  @Test
  void aRequestWithoutAnswerTimesOutAndItsLateAnswerIsAnOddity() throws Exception {
    try (var line = new Line()) {
      var reply = line.peer.request("x", NOTHING, Duration.ofMillis(50));
      assertThat(reply).isEqualTo(new Reply.TimedOut(Duration.ofMillis(50)));
      line.says("{\"id\":%d,\"result\":1}".formatted(id(line.hears())));
      await().until(() -> line.recorder.kinds().equals(List.of(Kind.UNMATCHED_RESPONSE)));
    }
  }

  @Test
  void aRequestThatIsAbandonedReturnsAtOnce() throws Exception {
    try (var line = new Line()) {
      var pending = line.peer.begin("x", NOTHING, reply -> {});
      pending.abandon();
      assertThat(pending.await(null)).isEqualTo(new Reply.Gone());
      line.says("{\"id\":%d,\"result\":1}".formatted(id(line.hears())));
      await().until(() -> line.recorder.kinds().equals(List.of(Kind.UNMATCHED_RESPONSE)));
    }
  }

  @Test
  void aSecondAnswerToOneRequestIsAnOddity() throws Exception {
    try (var line = new Line()) {
      var reply = asking(line, "x");
      long id = id(line.hears());
      line.says("{\"id\":%d,\"result\":\"first\"}".formatted(id));
      line.says("{\"id\":%d,\"result\":\"second\"}".formatted(id));
      assertThat(text(reply.take())).isEqualTo("first");
      await().until(() -> line.recorder.kinds().equals(List.of(Kind.UNMATCHED_RESPONSE)));
    }
  }

  @Test
  void theEndOfTheStreamAnswersWhatWaitsAndIsToldOnce() throws Exception {
    try (var line = new Line()) {
      var reply = asking(line, "x");
      line.hears();
      line.says("{\"method\":\"last words\"}");
      line.hangsUp();
      assertThat(reply.take()).isEqualTo(new Reply.Gone());
      assertThat(line.recorder.notifications).containsExactly("last words ");
      line.peer.close();
      await().until(() -> line.recorder.ends.equals(List.of("ended")));
      assertThat(line.peer.open()).isFalse();
      assertThat(line.peer.request("y", NOTHING, LONG)).isEqualTo(new Reply.Gone());
    }
  }

  @Test
  void closingStillWritesWhatWasQueuedAndThenClosesTheOutput() throws Exception {
    try (var line = new Line()) {
      for (int i = 0; i < 100; i++) {
        line.peer.post("n" + i, NOTHING);
      }
      line.peer.close();
      for (int i = 0; i < 100; i++) {
        assertThat(line.hears()).contains("\"n" + i + "\"");
      }
      assertThat(line.hears()).isNull();
    }
  }

  @Test
  void aPeerThatReadsNothingMakesSendWaitAndEndsTheConnectionOnPost() throws Exception {
    var small = new Peer.Options(1024, 4, false, Peer.Options.DEFAULT.threads());
    try (var line = new Line(small)) {
      var large = JsonNodeFactory.instance.stringNode("x".repeat(4 * 1024 * 1024));
      var sent = new CountDownLatch(20);
      Thread.startVirtualThread(() -> {
        try {
          for (int i = 0; i < 20; i++) {
            line.peer.send("n", large);
            sent.countDown();
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      assertThat(sent.await(500, TimeUnit.MILLISECONDS)).isFalse();
      await()
          .until(() -> {
            line.peer.post("n", NOTHING);
            return !line.peer.open();
          });
      assertThat(line.recorder.ends).containsExactly("ended");
    }
  }

  @Test
  void theWireLogKeepsBothDirectionsAndIsOffByDefault() throws Exception {
    var logging = new Peer.Options(1024, 16, true, Peer.Options.DEFAULT.threads());
    try (var line = new Line(logging);
        var silent = new Line()) {
      line.peer.post("out", NOTHING);
      line.hears();
      line.says("{\"method\":\"in\"}");
      await().until(() -> line.peer.wire().size() == 2);
      assertThat(line.peer.wire().get(0)).contains(" > ").contains("out");
      assertThat(line.peer.wire().get(1)).contains(" < ").contains("in");
      assertThat(silent.peer.wire()).isEmpty();
    }
  }

  private static BlockingQueue<Reply> asking(Line line, String method) {
    var replies = new ArrayBlockingQueue<Reply>(1);
    Thread.startVirtualThread(() -> {
      try {
        replies.add(line.peer.request(method, NOTHING, LONG));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    return replies;
  }

  private static long id(String request) {
    return JSON.readTree(request).get("id").asLong();
  }

  private static String text(Reply reply) {
    return ((Reply.Result) reply).value().asString();
  }

  /// What is kept, without the garbage that no collection has met yet.
  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
