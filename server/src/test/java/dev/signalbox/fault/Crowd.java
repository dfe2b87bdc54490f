package dev.signalbox.fault;

import dev.signalbox.testkit.fault.Oracle;
import dev.signalbox.testkit.fault.Oracle.Witness;
import dev.signalbox.testkit.fault.Seed;
import dev.signalbox.testkit.fault.Testimony;
import dev.signalbox.testkit.fault.Testimony.Answered;
import dev.signalbox.testkit.fault.Testimony.Delivered;
import dev.signalbox.testkit.fault.Testimony.Stored;
import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.Client.Lane;
import dev.signalbox.testkit.server.Client.Reply;
import dev.signalbox.testkit.server.LaneView;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Twenty clients of one life of a server: most send prompts, some answer asks, and beside them one
/// watches each lane. Each tells the oracle what it was told before it does anything else. They end
/// when the server does.
final class Crowd {

  private static final int PROMPTERS = 16;
  private static final int ANSWERERS = 4;
  private static final int PROMPTS_EACH = 12;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// A prompt whose fate its sender does not know, because the server died before it answered.
  record Unsure(Lane lane, String clientId, String text) {}

  private final Client client;
  private final Oracle oracle;
  private final Seed seed;
  private final int round;
  private final List<Lane> lanes;
  private final Map<Lane, LaneView> views;
  private final Queue<Unsure> unsure;
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger stored = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);

  /// @param unsure prompts of earlier lives; taken, sent again under their old names, and filled
  ///   with new ones
  Crowd(
      Client client,
      Oracle oracle,
      Seed seed,
      int round,
      Map<Lane, LaneView> views,
      Queue<Unsure> unsure) {
    this.client = client;
    this.oracle = oracle;
    this.seed = seed;
    this.round = round;
    this.lanes = List.copyOf(views.keySet());
    this.views = views;
    this.unsure = unsure;
  }

  void start() {
    for (int i = 0; i < PROMPTERS; i++) {
      int number = i;
      begin(witness -> prompt(number, witness));
    }
    for (int i = 0; i < ANSWERERS; i++) {
      int number = PROMPTERS + i;
      begin(witness -> answer(number, witness));
    }
    lanes.forEach(lane -> begin(witness -> watch(lane, witness)));
  }

  private void begin(Consumer<Witness> part) {
    threads.add(
        Thread.ofVirtual()
            .start(() -> {
              try (var witness = oracle.witness()) {
                part.accept(witness);
              } catch (UncheckedIOException serverDied) {
                // that is what this is about
              } catch (RuntimeException | AssertionError e) {
                failures.add(e);
              }
            }));
  }

  /// How many prompts were acknowledged in this life.
  int stored() {
    return stored.get();
  }

  /// How many answers were acknowledged in this life.
  int answered() {
    return answered.get();
  }

  /// Waits until all have noticed that the server is gone.
  ///
  /// @return what went wrong that the server's death does not explain
  List<Throwable> end() {
    over.countDown();
    for (var thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return List.copyOf(failures);
  }

  private void prompt(int number, Witness witness) {
    var random = seed.stream(round * 1_000 + number);
    for (int n = 0; n < PROMPTS_EACH && over.getCount() > 0; n++) {
      var again = unsure.poll();
      var prompt = again != null ? again : fresh(number, n, random);
      Reply reply;
      try {
        reply = client.prompt(prompt.lane(), "practice", prompt.text(), prompt.clientId());
      } catch (UncheckedIOException e) {
        unsure.add(prompt);
        throw e;
      }
      if (reply.status() == 413) {
        continue; // its queue is full: this prompt was refused, and its sender knows
      }
      JsonNode told = reply.ok();
      witness.record(
          new Stored(
              prompt.lane().id(),
              prompt.clientId(),
              told.path("turn").asString(),
              told.path("seq").asLong(),
              prompt.text()));
      stored.incrementAndGet();
    }
  }

  private Unsure fresh(int number, int n, RandomGenerator random) {
    String name = "r" + round + "c" + number + "n" + n;
    String text =
        switch (random.nextInt(6)) {
          case 0 -> "think of " + name;
          case 1 -> "count 2";
          case 2 -> "list";
          default -> "run echo " + name;
        };
    return new Unsure(lanes.get(random.nextInt(lanes.size())), name, text);
  }

  private void answer(int number, Witness witness) {
    var random = seed.stream(round * 1_000 + number);
    for (int n = 0; over.getCount() > 0; n++) {
      var asks = client.openAsks();
      if (asks.isEmpty()) {
        continue;
      }
      JsonNode ask = asks.get(random.nextInt(asks.size()));
      String name = "r" + round + "c" + number + "n" + n;
      String option = Client.option(ask, random.nextBoolean() ? "allow" : "reject");
      Reply reply = client.answer(ask, option, name);
      switch (reply.status()) {
        case 200 -> {
          witness.record(
              new Answered(ask.path("lane").asString(), name, ask.path("id").asString(), option));
          answered.incrementAndGet();
        }
        case 409, 410 -> {} // another was faster, or the turn is over
        default -> throw new IllegalStateException("answer: " + reply);
      }
    }
  }

  private void watch(Lane lane, Witness witness) {
    var view = views.get(lane);
    try (var socket = client.watch(lane, view)) {
      long told = view.seq();
      while (!socket.awaitEnd(Duration.ofMillis(20)) || view.seq() > told) {
        var facts = view.facts();
        var news = new ArrayList<Testimony>();
        for (String fact : facts.subList((int) told, facts.size())) {
          long seq = JSON.readTree(fact).path("seq").asLong();
          news.add(new Delivered(lane.id(), view.epoch(), seq, fact));
        }
        if (!news.isEmpty()) {
          witness.record(news.toArray(Testimony[]::new));
        }
        told = facts.size();
      }
    }
  }
}
