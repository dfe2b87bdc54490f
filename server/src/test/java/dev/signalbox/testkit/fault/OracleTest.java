package dev.signalbox.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.fault.Ledger.Journal;
import dev.signalbox.testkit.fault.Testimony.Answered;
import dev.signalbox.testkit.fault.Testimony.Delivered;
import dev.signalbox.testkit.fault.Testimony.Stored;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OracleTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String QUEUED =
      """
      {"lane":"l","seq":1,"type":"turn.queued","clientId":"c1","turn":{"id":"t1","text":"hi"}}\
      """;
  private static final String STARTED =
      """
      {"lane":"l","seq":2,"type":"turn.started","turn":"t1"}\
      """;
  private static final String CLOSED =
      """
      {"lane":"l","seq":3,"type":"ask.closed","ask":{"id":"a1"},"answer":{"option":"yes"}}\
      """;
  private static final String ENDED =
      """
      {"lane":"l","seq":4,"type":"turn.ended","turn":"t1"}\
      """;

  @TempDir Path dir;

  @Test
  void keepsWhatItWasToldThroughItsOwnDeath() throws Exception {
    var file = dir.resolve("oracle");
    var told = new Stored("l", "c1", "t1", 1, "line\n\"quoted\" 🙂");
    try (var oracle = Oracle.start(file);
        var witness = oracle.witness()) {
      witness.record(told, new Answered("l", "c2", "a1", "yes"));
      ProcessHandle.of(oracle.pid()).orElseThrow().destroyForcibly();
    }

    try (var again = Oracle.start(file);
        var witness = again.witness()) {
      witness.record(new Delivered("l", "e", 2, STARTED));

      assertThat(again.testimonies()).hasSize(3).first().isEqualTo(told);
    }
  }

  @Test
  void takesManyWitnessesAtOnce() throws Exception {
    try (var oracle = Oracle.start(dir.resolve("oracle"))) {
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 20; i++) {
          String client = "c" + i;
          threads.execute(() -> recordTen(oracle, client));
        }
      }

      assertThat(oracle.testimonies()).hasSize(200).doesNotHaveDuplicates();
    }
  }

  @Test
  void ignoresALineThatWasNeverFinished() throws Exception {
    var file = dir.resolve("oracle");
    Files.writeString(file, "{\"told\":\"answered\",\"lane\":\"l\"}\n{\"told\":\"stored\",\"la");

    assertThat(Oracle.read(file)).hasSize(1);
  }

  @Test
  void findsNothingWrongWithAJournalThatHoldsAllOfIt() {
    assertThat(complaints(List.of(QUEUED, STARTED, CLOSED, ENDED))).isEmpty();
  }

  @Test
  void complainsOfALossAGapADoubleAndAChange() {
    assertThat(complaints(List.of(QUEUED, STARTED, CLOSED)))
        .singleElement()
        .asString()
        .contains("turns without an end");
    assertThat(complaints(List.of(STARTED, CLOSED, ENDED)))
        .anyMatch(complaint -> complaint.contains("number 2 where 1 is due"))
        .anyMatch(complaint -> complaint.contains("lost: prompt c1"));
    assertThat(complaints(List.of(QUEUED, STARTED, ENDED)))
        .anyMatch(complaint -> complaint.contains("number 4 where 3 is due"))
        .anyMatch(complaint -> complaint.contains("ask a1 closed 0 times"));
    assertThat(complaints(List.of(QUEUED, STARTED, STARTED, CLOSED, ENDED)))
        .anyMatch(complaint -> complaint.contains("number 2 where 3 is due"))
        .anyMatch(complaint -> complaint.contains("started twice"));
    assertThat(complaints(List.of(QUEUED, STARTED, CLOSED.replace("yes", "no"), ENDED)))
        .anyMatch(complaint -> complaint.contains("the answer"));
    assertThat(complaints(List.of(QUEUED.replace("hi", "ho"), STARTED, CLOSED, ENDED)))
        .anyMatch(complaint -> complaint.contains("number 1 was"));
    assertThat(complaints(List.of(QUEUED, STARTED.replace("t1", "t9"), CLOSED, ENDED)))
        .anyMatch(complaint -> complaint.contains("number 2 was"));
  }

  @Test
  void complainsOfAPromptStoredTwiceAndOfAnotherEpoch() {
    var twice = new ArrayList<JsonNode>();
    twice.add(JSON.readTree(QUEUED));
    twice.add(JSON.readTree(QUEUED.replace("\"seq\":1", "\"seq\":2")));

    assertThat(
            Ledger.complaints(
                List.of(new Delivered("l", "older", 1, QUEUED)),
                Map.of("l", new Journal("e", twice)),
                true))
        .anyMatch(complaint -> complaint.contains("stored twice"))
        .anyMatch(complaint -> complaint.contains("epoch e was older"));
  }

  @Test
  void saysWhatSqliteThinksOfAFile() throws Exception {
    var broken = dir.resolve("broken.db");
    Files.writeString(broken, "SQLite format 3\0".repeat(200));
    var fine = dir.resolve("fine.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + fine)) {
      connection.createStatement().execute("create table t(a)");
    }

    assertThat(Ledger.integrity(fine)).isEqualTo("ok");
    assertThat(Ledger.integrity(broken)).isNotEqualTo("ok");
  }

  private static void recordTen(Oracle oracle, String client) {
    try (var witness = oracle.witness()) {
      for (int n = 0; n < 10; n++) {
        witness.record(new Stored("l", client, "t", n, ""));
      }
    }
  }

  private static List<String> complaints(List<String> facts) {
    List<Testimony> told =
        List.of(
            new Stored("l", "c1", "t1", 1, "hi"),
            new Answered("l", "c2", "a1", "yes"),
            new Delivered("l", "e", 2, STARTED));
    var journal = new Journal("e", facts.stream().map(JSON::readTree).toList());
    return Ledger.complaints(told, Map.of("l", journal), true);
  }
}
