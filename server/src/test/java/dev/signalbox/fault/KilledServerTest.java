package dev.signalbox.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testkit.fault.Ledger;
import dev.signalbox.testkit.fault.Ledger.Journal;
import dev.signalbox.testkit.fault.Oracle;
import dev.signalbox.testkit.fault.Seed;
import dev.signalbox.testkit.fault.Testimony.Answered;
import dev.signalbox.testkit.fault.Testimony.Delivered;
import dev.signalbox.testkit.fault.Testimony.Stored;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
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

  /// What a lane said of itself when nobody wrote to it any more; kept small, for the long form.
  private record Past(int facts, int hash) {
    static Past of(List<JsonNode> facts) {
      return new Past(facts.size(), facts.stream().map(JsonNode::toString).toList().hashCode());
    }
  }

  private final Seed seed = Seed.take("KilledServerTest");
  private final Queue<Crowd.Unsure> unsure = new ConcurrentLinkedQueue<>();
  private final Map<Lane, Past> old = new LinkedHashMap<>();
  private final Set<Class<?>> told = new HashSet<>();
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
    assertThat(complaints(lanes, false)).isEmpty();
    assertThat(told).contains(Stored.class, Answered.class, Delivered.class);
    assertThat(lanes.values()).allSatisfy(view -> assertThat(view.complaints()).isEmpty());
    assertThat(old).allSatisfy((lane, past) -> assertThat(pastOf(lane, past)).isEqualTo(past));
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
    retire(round);
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

  /// The lanes of the last rounds are left alone from here on, and must stay as they are.
  private void retire(int round) throws IOException {
    assertThat(lanes.values()).allSatisfy(view -> assertThat(view.complaints()).isEmpty());
    try (var client = server.client()) {
      lanes.keySet().forEach(lane -> old.put(lane, Past.of(client.journal(lane).facts())));
    }
    oracle.close();
    oracle = Oracle.start(dir.resolve("oracle-" + round));
  }

  private Past pastOf(Lane lane, Past then) {
    try (var client = server.client()) {
      var facts = client.journal(lane).facts();
      return Past.of(facts.subList(0, Math.min(then.facts(), facts.size())));
    }
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
    var testimonies = oracle.testimonies();
    assertThat(testimonies).isNotEmpty();
    testimonies.forEach(testimony -> told.add(testimony.getClass()));
    return Ledger.complaints(testimonies, journals, settled);
  }
}
