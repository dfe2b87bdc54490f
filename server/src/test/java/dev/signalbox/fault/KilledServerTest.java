package dev.signalbox.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testkit.fault.Ledger;
import dev.signalbox.testkit.fault.Ledger.Journal;
import dev.signalbox.testkit.fault.Oracle;
import dev.signalbox.testkit.fault.Seed;
import dev.signalbox.testkit.fault.Testimony;
import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.Client.Lane;
import dev.signalbox.testkit.server.LaneView;
import dev.signalbox.testkit.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The server is killed at random points while twenty clients append; an oracle outside remembers
/// what they were told.
@Tag("R-SEND-6")
@Tag("R-LIFE-10")
@Tag("R-EVT-3")
class KilledServerTest {

  private static final int ROUNDS = Integer.getInteger("signalbox.rounds", 10);
  private static final int SESSIONS = 3;

  /// After so many rounds new lanes are taken, so that their queues do not fill and reading whole
  /// journals stays cheap in the long form.
  private static final int ROUNDS_PER_LANE = 5;

  private final Seed seed = Seed.take("KilledServerTest");
  private final Queue<Crowd.Unsure> unsure = new ConcurrentLinkedQueue<>();
  private final Map<Lane, LaneView> old = new HashMap<>();
  private Map<Lane, LaneView> lanes = Map.of();
  @TempDir Path dir;
  private Oracle oracle;
  private ServerUnderTest server;

  @BeforeEach
  void start() {
    oracle = Oracle.start(dir.resolve("oracle"));
    server = ServerUnderTest.start(dir);
  }

  @AfterEach
  void stop() {
    server.close();
    oracle.close();
  }

  @Test
  void losesNothingThatWasAcknowledgedAndGivesNoNumberTwice() throws IOException {
    int acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      if (round % ROUNDS_PER_LANE == 0) {
        newLanes(round);
      }
      acknowledged += live(round);
      assertThat(integrity()).as("round %d", round).isEqualTo("ok");
      dieWhileStarting(round);
      server.restart();
      assertThat(complaints(lanes, true)).as("after the kill of round %d", round).isEmpty();
    }
    try (var client = server.client()) {
      lanes.keySet().forEach(client::goOn);
    }
    old.putAll(lanes);
    assertThat(complaints(old, false)).isEmpty();
    for (var kind :
        List.of(Testimony.Stored.class, Testimony.Answered.class, Testimony.Delivered.class)) {
      assertThat(oracle.testimonies().stream().anyMatch(kind::isInstance)).as("%s", kind).isTrue();
    }
    assertThat(old.values()).allSatisfy(view -> assertThat(view.complaints()).isEmpty());
    System.out.println(
        "KilledServerTest: " + ROUNDS + " kills, " + acknowledged + " acknowledgements, 0 lost");
  }

  @Test
  void givesAResentPromptTheReceiptOfTheFirstAlsoAfterARestart() throws IOException {
    newLanes(0);
    var lane = lanes.keySet().iterator().next();
    JsonNode first;
    try (var client = server.client()) {
      first = client.prompt(lane, "practice", "count 50", "the-same").ok();
      client.prompt(lane, "practice", "list", "another").ok();
    }
    server.kill();
    server.restart();

    try (var client = server.client()) {
      var again = client.prompt(lane, "practice", "count 50", "the-same").ok();

      assertThat(again.path("turn")).isEqualTo(first.path("turn"));
      assertThat(again.path("seq")).isEqualTo(first.path("seq"));
    }
  }

  private void newLanes(int round) throws IOException {
    old.putAll(lanes);
    unsure.clear();
    var fresh = new LinkedHashMap<Lane, LaneView>();
    try (var client = server.client()) {
      for (int i = 0; i < SESSIONS; i++) {
        var project = Files.createDirectories(dir.resolve("projects/r" + round + "s" + i));
        var session = client.session(project.toRealPath());
        fresh.put(Client.lane(session, "worker"), new LaneView());
        fresh.put(Client.lane(session, "planner"), new LaneView());
      }
    }
    lanes = fresh;
  }

  /// One life: the crowd appends until enough was acknowledged, and a moment later the server is
  /// killed.
  private int live(int round) {
    var random = seed.stream(round);
    try (var client = server.client()) {
      lanes.keySet().forEach(client::goOn);
      var crowd = new Crowd(client, oracle, seed, round, lanes, unsure);
      crowd.start();
      // Every other life lasts until agents have started and asks were answered.
      int prompts = random.nextInt(1, 100);
      int answers = round % 2 == 1 ? random.nextInt(1, 8) : 0;
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(2))
          .until(() -> crowd.stored() >= prompts && crowd.answered() >= answers);
      LockSupport.parkNanos(random.nextLong(Duration.ofMillis(300).toNanos()));
      server.kill();
      assertThat(crowd.end()).as("round %d", round).isEmpty();
      return crowd.stored() + crowd.answered();
    }
  }

  /// Every third time it is also killed on its way up.
  private void dieWhileStarting(int round) {
    if (round % 3 == 1) {
      long after = seed.stream(round).nextLong(100, 1_500);
      server.startAndKill(Duration.ofMillis(after));
    }
  }

  /// Of a copy: recovery is the server's business.
  private String integrity() throws IOException {
    Path copy = Files.createDirectories(dir.resolve("copy"));
    Path context = server.data().resolve("contexts/main");
    for (String suffix : List.of("", "-wal", "-shm")) {
      Path file = context.resolve("runtime.db" + suffix);
      Path to = copy.resolve("runtime.db" + suffix);
      Files.deleteIfExists(to);
      if (Files.exists(file)) {
        Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return Ledger.integrity(copy.resolve("runtime.db"));
  }

  private List<String> complaints(Map<Lane, LaneView> lanes, boolean settled) {
    var journals = new HashMap<String, Journal>();
    try (var client = server.client()) {
      lanes.keySet().forEach(lane -> journals.put(lane.id(), client.journal(lane)));
    }
    var told =
        oracle.testimonies().stream()
            .filter(testimony -> journals.containsKey(testimony.lane()))
            .toList();
    assertThat(told).isNotEmpty();
    return Ledger.complaints(told, journals, settled);
  }
}
