package dev.signalbox.bench;

import dev.signalbox.testkit.server.Client;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/// P3, P4, P8: what Signalbox adds to the way of a word from the agent's pipe to a browser's
/// socket, and of a prompt from a client to the agent's pipe.
final class StreamBench {
  private static final int LANES = 20;
  private static final int EVERY_MICROS = 20_000; // 50 deltas a second
  private static final int PAIRS = 9;
  private static final int DELTAS = 250; // five seconds

  private StreamBench() {}

  static List<Figure> run(Path folder, Path relay) throws Exception {
    var figures = new ArrayList<Figure>();
    try (var live = new LiveServer(folder)) {
      var lanes = live.lanes(LANES);
      var moments = new Moments[] {new Moments()};
      for (var lane : lanes) {
        live.listen(lane, (frame, at) -> hear(moments[0], frame, at));
        live.turn(lane, "echo");
      }
      var p50 = new double[PAIRS];
      var p99 = new double[PAIRS];
      var ratio = new double[PAIRS];
      for (int i = 0; i < PAIRS; i++) {
        moments[0] = new Moments();
        stream(live, lanes, DELTAS);
        var ours = moments[0].values();
        var bare = Relay.measure(relay, LANES, DELTAS, EVERY_MICROS).values();
        p50[i] = Stats.quantile(ours, 0.5);
        p99[i] = Stats.quantile(ours, 0.99);
        ratio[i] = p50[i] / Stats.quantile(bare, 0.5);
      }
      var how =
          LANES
              + " lanes at 50 deltas/s each, senders staggered, "
              + DELTAS * LANES
              + " deltas a round; from the agent's write to the client's socket";
      figures.add(Figure.atMost("P3", "agent's write to frame, p50", "ms", 1, how, p50));
      figures.add(Figure.atMost("P3p99", "agent's write to frame, p99", "ms", 10, how, p99));
      figures.add(
          Figure.atMost(
              "P4",
              "the same as a multiple of a bare pipe-to-socket relay in Node",
              "x",
              1.3,
              "p50 of ours over p50 of bench/relay, paired rounds, the same agent and sockets",
              ratio));
      figures.add(
          Figure.atMost(
              "P8",
              "second turn: submit to prompt at the agent, p99, idle",
              "ms",
              10,
              "POST turns to the moment the agent read its line; 200 turns a round, 3 rounds",
              prompts(live, 3, 200)));
      figures.add(
          Figure.atMost(
              "P8load",
              "the same under P3's load",
              "ms",
              30,
              "the same, 20 lanes streaming",
              promptsUnderLoad(live, lanes)));
    }
    return figures;
  }

  private static void hear(Moments moments, String frame, long at) {
    if (frame.contains("\"type\":\"delta\"")) {
      moments.hear(frame, at);
    }
  }

  private static void stream(LiveServer live, List<Client.Lane> lanes, int deltas) {
    var turns = start(live, lanes, deltas);
    for (int i = 0; i < lanes.size(); i++) {
      live.awaitEnd(lanes.get(i), turns.get(i));
    }
  }

  private static List<String> start(LiveServer live, List<Client.Lane> lanes, int deltas) {
    var turns = new ArrayList<String>();
    int i = 0;
    for (var lane : lanes) {
      long delay = 300_000 + (long) i++ * EVERY_MICROS / lanes.size();
      turns.add(
          live.client
              .prompt(lane, "bench", "stream " + deltas + " " + EVERY_MICROS + " " + delay)
              .get("turn")
              .asString());
    }
    return turns;
  }

  private static double[] promptsUnderLoad(LiveServer live, List<Client.Lane> lanes)
      throws InterruptedException {
    start(live, lanes, 1_500);
    var result = prompts(live, 3, 100);
    lanes.forEach(live.client::interrupt);
    return result;
  }

  /// @return the p99 of each round
  private static double[] prompts(LiveServer live, int rounds, int turns)
      throws InterruptedException {
    var lane = live.lane("project");
    var json = JsonMapper.shared();
    var told = new java.util.concurrent.LinkedBlockingQueue<Long>();
    var ended = new java.util.concurrent.LinkedBlockingQueue<Boolean>();
    live.listen(
        lane,
        (frame, at) -> {
          if (frame.contains("\"type\":\"item.completed\"")
              && frame.contains("\"kind\":\"text\"")) {
            var text = json.readTree(frame).path("item").path("text").asString("");
            if (text.startsWith("T")) {
              told.add(Long.parseLong(text, 1, text.indexOf(';'), 10));
            }
          } else if (frame.contains("\"type\":\"turn.ended\"")) {
            ended.add(true);
          }
        });
    live.turn(lane, "echo");
    told.poll(5, TimeUnit.SECONDS);
    ended.poll(5, TimeUnit.SECONDS);
    var p99 = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      var values = new double[turns];
      for (int i = 0; i < turns; i++) {
        TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextInt(3_000));
        long begin = System.nanoTime();
        live.client.prompt(lane, "bench", "echo");
        values[i] = (told.take() - begin) / 1e6;
        ended.take();
      }
      p99[round] = Stats.quantile(values, 0.99);
    }
    return p99;
  }

  /// P5: how much can be taken in, nothing lost.
  static List<Figure> flood(Path folder) throws Exception {
    int each = 20_000;
    int permille = 50;
    var rates = new double[3];
    long lost = 0;
    try (var live = new LiveServer(folder)) {
      var lanes = live.lanes(LANES);
      var ended = new CountDownLatch[] {new CountDownLatch(0)};
      for (int i = 0; i < 50; i++) {
        boolean first = i < LANES;
        live.listen(
            lanes.get(i % LANES),
            (frame, at) -> {
              if (first && frame.contains("\"type\":\"turn.ended\"")) {
                ended[0].countDown();
              }
            });
      }
      for (var lane : lanes) {
        live.turn(lane, "echo");
      }
      for (int round = 0; round < rates.length; round++) {
        ended[0] = new CountDownLatch(LANES);
        long begin = System.nanoTime();
        for (var lane : lanes) {
          live.client.prompt(lane, "bench", "flood " + each + " " + permille + " 0");
        }
        if (!ended[0].await(5, TimeUnit.MINUTES)) {
          throw new IllegalStateException("the flood did not end in 5 minutes");
        }
        rates[round] = each * LANES / ((System.nanoTime() - begin) / 1e9);
        lost += lost(live, lanes, each, permille);
      }
    }
    var how =
        LANES
            + " lanes, "
            + each
            + " events each (5 % facts, 95 % growing text), as fast as the"
            + " pipe takes them, 50 sockets";
    return List.of(
        Figure.atLeast("P5", "driver events taken in", "events/s", 20_000, how, rates),
        Figure.atMost(
            "P5lost", "characters lost in them", "", 0, "the same rounds", (double) lost));
  }

  private static long lost(LiveServer live, List<Client.Lane> lanes, int each, int permille) {
    long expected = 0;
    long found = 0;
    for (var lane : lanes) {
      expected += (each - (long) (each - 1) * permille / 1000) * 11L;
      var turns = live.client.get(LiveServer.path(lane) + "/turns").ok().path("turns");
      var newest = turns.get(0).get("id").asString();
      found += Texts.length(live, lane, newest);
    }
    return Math.abs(expected - found);
  }

  /// P13: what an answer of 10,000 tokens costs on the disk.
  static List<Figure> disk(Path folder) throws Exception {
    int chunks = 2_000;
    var kept = new double[3];
    var written = new double[3];
    for (int i = 0; i < kept.length; i++) {
      var own = folder.resolve("disk-" + i);
      try (var live = new LiveServer(own)) {
        var lane = live.lane("project");
        live.turn(lane, "answer 1");
        long before = Proc.writtenBytes(live.launched().pid());
        live.turn(lane, "answer " + chunks);
        TimeUnit.SECONDS.sleep(2);
        long text = chunks * 20L;
        written[i] = (Proc.writtenBytes(live.launched().pid()) - before) / (double) text;
      }
      kept[i] = growth(own, chunks) / (chunks * 20.0);
    }
    var how = chunks + " deltas of 20 characters, 2 ms apart";
    return List.of(
        Figure.atMost(
            "P13",
            "disk kept, as a multiple of the text",
            "x",
            2,
            "pages in use after the answer less before, index and events included; " + how,
            kept),
        Figure.atMost(
            "P13w",
            "bytes written in all, as a multiple of the text",
            "x",
            20,
            "write_bytes of the server from before the prompt to 2 s after the end; " + how,
            written));
  }

  /// What one more such answer adds to the file, after the log was folded in.
  private static double growth(Path folder, int chunks) throws Exception {
    long before = Texts.pages(folder);
    try (var live = new LiveServer(folder)) {
      var lane = live.lane("project");
      for (int i = 0; i < 10; i++) {
        live.turn(lane, "answer " + chunks);
      }
    }
    return (Texts.pages(folder) - before) / 10.0;
  }
}
