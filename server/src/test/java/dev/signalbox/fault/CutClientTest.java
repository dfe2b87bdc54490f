package dev.signalbox.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import dev.signalbox.testkit.fault.Fault;
import dev.signalbox.testkit.fault.Ledger;
import dev.signalbox.testkit.fault.Ledger.Journal;
import dev.signalbox.testkit.fault.Seed;
import dev.signalbox.testkit.fault.Weather;
import dev.signalbox.testkit.fault.WireProxy;
import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.Client.Lane;
import dev.signalbox.testkit.server.LaneSocket;
import dev.signalbox.testkit.server.LaneView;
import dev.signalbox.testkit.server.ServerUnderTest;
import dev.signalbox.testkit.server.ServerUnderTest.Setup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Clients that ask for full replay are cut off again and again, and the server dies twice under
/// them.
@Tag("fault")
@Tag("R-EVT-3")
@Tag("R-EVT-4")
class CutClientTest {

  private static final int EVENTS = Integer.getInteger("signalbox.events", 5_000);
  private static final int TOOLS_PER_TURN = 100;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Seed seed = Seed.take("CutClientTest");
  @TempDir Path dir;
  private ServerUnderTest server;
  private WireProxy proxy;
  private Lane worker;
  private Lane planner;
  private volatile boolean over;

  @BeforeEach
  void start() throws IOException {
    server =
        ServerUnderTest.start(
            new Setup(
                dir,
                ServerUnderTest.agentSettings(
                    "flood", Habits.command(), Habits.good().environment())));
    var cuts =
        List.<Fault>of(
            new Fault.Cut(),
            new Fault.HalfClose(Fault.Side.CLIENT),
            new Fault.HalfClose(Fault.Side.SERVER));
    var weather = Weather.random(seed, Duration.ofMillis(200), Duration.ofMillis(2_000), cuts);
    proxy = WireProxy.to(server.port(), weather);
    try (var client = server.client()) {
      var session = client.session(Files.createDirectories(dir.resolve("project")).toRealPath());
      worker = Client.lane(session, "worker");
      planner = Client.lane(session, "planner");
    }
  }

  @AfterEach
  void stop() {
    over = true;
    proxy.close();
    server.close();
  }

  @Test
  void endsWithExactlyTheJournalThoughCutOffAllTheTimeAndThroughTwoDeathsOfTheServer()
      throws Exception {
    var facts = new LaneView();
    var text = new LaneView();
    var one = Thread.ofVirtual().start(() -> watch(worker, facts));
    var two = Thread.ofVirtual().start(() -> watch(planner, text));

    for (int life = 1; life <= 3; life++) {
      feed(EVENTS * life / 3);
      if (life < 3) {
        server.kill();
        server.restart();
        proxy.target(server.port());
      }
    }

    try (var client = server.client()) {
      awaitIdle(client);
      var journals =
          Map.of(worker.id(), client.journal(worker), planner.id(), client.journal(planner));
      caughtUp(facts, journals.get(worker.id()));
      caughtUp(text, journals.get(planner.id()));
      assertThat(Ledger.complaints(List.of(), journals, true)).isEmpty();
    }
    over = true;
    proxy.close();
    one.join();
    two.join();
    assertThat(facts.complaints()).isEmpty();
    assertThat(text.complaints()).isEmpty();
    assertThat(text.shortened() + facts.shortened()).as("shorter only by a death").isLessThan(5);
    assertThat(text.deltas()).isGreaterThan(50);
    assertThat(facts.welcomes()).isGreaterThan(5);
    System.out.println(
        "CutClientTest: %d facts, %d deltas, %d connections"
            .formatted(facts.seq() + text.seq(), text.deltas(), proxy.accepted()));
  }

  /// Prompts the worker until its lane has so many facts, and has the planner talk meanwhile.
  private void feed(int target) {
    try (var client = server.client()) {
      client.goOn(worker);
      client.goOn(planner);
      long seq = 0;
      while (seq < target) {
        if (isIdle(client, planner)) { // it talks slower than the worker works
          client.prompt(planner, "flood", talk());
        }
        var told = client.prompt(worker, "flood", tools());
        seq = told.path("seq").asLong();
        awaitEnd(client, told.path("turn").asString());
      }
    }
  }

  /// Text that grows slowly enough to be open while its watcher is cut off, with characters of two
  /// units in it.
  private static String talk() {
    var script = Script.script();
    for (int i = 0; i < 60; i++) {
      script.say("word " + i + " 🙂 ").sleep(20);
    }
    return script.prompt();
  }

  /// Facts as fast as they can be written.
  private static String tools() {
    var script = Script.script();
    for (int i = 0; i < TOOLS_PER_TURN; i++) {
      script.tool("call-" + i, "read", "Read file " + i, "line " + i);
    }
    return script.prompt();
  }

  /// A client as it is meant to be: whenever it is cut off it comes back with its number.
  private void watch(Lane lane, LaneView view) {
    while (!over) {
      try (var client = server.clientThrough(proxy.port());
          var socket = client.watch(lane, view)) {
        socket.awaitEnd(Duration.ofSeconds(60));
      } catch (UncheckedIOException | LaneSocket.Refused cut) {
        // a server that is on its way up refuses the upgrade
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos()); // and once more
      }
    }
  }

  /// By its turn and not by its lane, which may look idle until it has taken the prompt up.
  private void awaitEnd(Client client, String turn) {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          for (var each : client.get(worker.path() + "/turns").ok().path("turns")) {
            if (each.path("id").asString().equals(turn)) {
              return each.has("endedAt");
            }
          }
          return false;
        });
  }

  private void awaitIdle(Client client) {
    awaitIdle(client, worker);
    awaitIdle(client, planner);
  }

  private static void awaitIdle(Client client, Lane lane) {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> isIdle(client, lane));
  }

  private static boolean isIdle(Client client, Lane lane) {
    for (var view : client.get("/api/sessions/" + lane.session()).ok().path("lanes")) {
      if (view.path("id").asString().equals(lane.id())) {
        return view.path("state").asString().equals("idle");
      }
    }
    return false;
  }

  private static void caughtUp(LaneView view, Journal journal) {
    assertThat(view.awaitUntil(Duration.ofMinutes(2), seen -> seen.seq() >= journal.facts().size()))
        .isTrue();
    var heard = view.facts();
    assertThat(heard).hasSameSizeAs(journal.facts());
    for (int i = 0; i < heard.size(); i++) {
      assertThat(JSON.readTree(heard.get(i))).isEqualTo(journal.facts().get(i));
    }
  }
}
