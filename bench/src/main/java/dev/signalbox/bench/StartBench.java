package dev.signalbox.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// P1, P2, P6, P7: starting, idling, and a long past.
final class StartBench {
  private static final int ROUNDS = 7;

  private StartBench() {}

  /// The floor a JVM sets: a process that says hello on a socket.
  public static final class Hello {
    private Hello() {}

    public static void main(String[] args) throws IOException {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]))) {
        socket.getOutputStream().write('!');
      }
    }
  }

  static List<Figure> run(Path folder) throws Exception {
    var history = History.in(folder);
    var figures = new ArrayList<Figure>();
    var ratios = new double[ROUNDS];
    var starts = new double[ROUNDS];
    var idle = new double[ROUNDS];
    var pages = new double[ROUNDS];
    var grown = new double[ROUNDS];
    var resets = new double[ROUNDS];
    Launched.start(folder).close(); // once: the AOT cache is made, the files are warm
    for (int i = 0; i < ROUNDS; i++) {
      double floor = floorMillis();
      try (var server = Launched.start(folder);
          var http = HttpClient.newHttpClient()) {
        starts[i] = server.startNanos() / 1e6;
        ratios[i] = starts[i] / floor;
        TimeUnit.SECONDS.sleep(3);
        idle[i] = Proc.residentBytes(server.pid()) / 1e6;
        pages[i] = pageMillis(server, http, history);
        grown[i] = Proc.residentBytes(server.pid()) / 1e6 - idle[i];
        resets[i] = resetMillis(server, history);
      }
    }
    var past = "a database of 1,000,000 facts, one lane with 100,000 items; " + ROUNDS + " rounds";
    figures.add(
        Figure.atMost(
            "P1",
            "start to ready, as a multiple of the JVM's own floor",
            "x",
            6,
            "exec of ./signalbox to its ready file, against a JVM that says hello on a socket,"
                + " timed in the same round; "
                + past,
            ratios));
    figures.add(Figure.atMost("P1ms", "start to ready", "ms", 550, "the same rounds", starts));
    figures.add(Figure.atMost("P2", "resident memory 3 s after the start", "MB", 120, past, idle));
    figures.add(
        Figure.atMost(
            "P6",
            "last page of a lane with 100,000 items, first request of the process",
            "ms",
            35,
            "GET items?limit=200 to the last byte; " + past,
            pages));
    figures.add(
        Figure.atMost("P6mem", "memory that page costs", "MB", 5, "the same request", grown));
    figures.add(
        Figure.atMost(
            "P7",
            "reattach after 200,000 missed facts, to the first paintable page",
            "ms",
            300,
            "hello on a new socket to the reset frame, connection included; " + past,
            resets));
    return figures;
  }

  private static double floorMillis() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      long begin = System.nanoTime();
      var process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-Xshare:auto",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Hello.class.getName(),
                  String.valueOf(server.getLocalPort()))
              .start();
      try (var socket = server.accept()) {
        socket.getInputStream().read();
      }
      double took = (System.nanoTime() - begin) / 1e6;
      process.waitFor();
      return took;
    }
  }

  private static double pageMillis(Launched server, HttpClient http, String[] history) {
    server.get(http, "/api/health"); // the client's own warming up
    long begin = System.nanoTime();
    var body =
        server.get(
            http, "/api/sessions/" + history[0] + "/lanes/" + history[1] + "/items?limit=200");
    double took = (System.nanoTime() - begin) / 1e6;
    if (!body.contains("Item " + (History.ITEMS - 1) + " ")) {
      throw new IllegalStateException("not the last page: " + body);
    }
    return took;
  }

  private static double resetMillis(Launched server, String[] history) throws InterruptedException {
    var reset = new CountDownLatch(1);
    long begin = System.nanoTime();
    try (var _ =
        Ear.open(
            server,
            history[0],
            history[1],
            "{\"type\":\"hello\",\"after\":0}",
            (frame, at) -> {
              if (frame.contains("\"type\":\"reset\"")) {
                reset.countDown();
              }
            })) {
      if (!reset.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no reset frame in 30 s");
      }
      return (System.nanoTime() - begin) / 1e6;
    }
  }
}
