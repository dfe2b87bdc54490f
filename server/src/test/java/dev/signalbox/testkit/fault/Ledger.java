package dev.signalbox.testkit.fault;

import com.google.errorprone.annotations.FormatMethod;
import dev.signalbox.testkit.fault.Testimony.Answered;
import dev.signalbox.testkit.fault.Testimony.Delivered;
import dev.signalbox.testkit.fault.Testimony.Stored;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Compares what clients were told with what the journal says: every promise about loss, order and
/// numbers in one place, used by every fault test. A complaint is a sentence; no complaints, no
/// fault.
public final class Ledger {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<String, Journal> journals;
  private final List<String> complaints = new ArrayList<>();

  /// The whole of a lane as the server tells it now, in the order it was told.
  public record Journal(String epoch, List<JsonNode> facts) {
    public Journal {
      facts = List.copyOf(facts);
    }
  }

  private Ledger(Map<String, Journal> journals) {
    this.journals = journals;
  }

  /// @param journals by lane id; a testimony about a lane that is not in it is a complaint
  /// @param settled true when nothing is running any more: then every started turn must have ended
  /// @return what is wrong, at most 100 sentences; empty when all is well
  public static List<String> complaints(
      List<Testimony> testimonies, Map<String, Journal> journals, boolean settled) {
    var ledger = new Ledger(journals);
    journals.forEach((lane, journal) -> ledger.readJournal(lane, journal.facts(), settled));
    ledger.readTestimonies(testimonies);
    return ledger.complaints.stream().limit(100).toList();
  }

  /// SQLite's own opinion of a database file nobody has open; `ok` or what is wrong.
  public static String integrity(Path database) {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        var statement = connection.createStatement();
        var result = statement.executeQuery("PRAGMA integrity_check")) {
      var lines = new ArrayList<String>();
      while (result.next()) {
        lines.add(result.getString(1));
      }
      return String.join("\n", lines);
    } catch (SQLException e) {
      return e.toString();
    }
  }

  private void readJournal(String lane, List<JsonNode> facts, boolean settled) {
    long expected = 1;
    var started = new HashSet<String>();
    var ended = new HashSet<String>();
    var clients = new HashSet<String>();
    for (JsonNode fact : facts) {
      long seq = fact.path("seq").asLong(-1);
      complainIf(seq != expected, "lane %s: number %d where %d is due", lane, seq, expected);
      expected = seq + 1;
      complainIf(
          !fact.path("lane").asString("").equals(lane),
          "lane %s holds a foreign fact: %s",
          lane,
          fact);
      switch (fact.path("type").asString("")) {
        case "turn.queued" -> {
          String client = fact.path("clientId").asString("");
          complainIf(!clients.add(client), "lane %s: prompt %s stored twice", lane, client);
        }
        case "turn.started" -> {
          String turn = fact.path("turn").asString("");
          complainIf(!started.add(turn), "lane %s: turn %s started twice", lane, turn);
        }
        case "turn.ended" -> {
          String turn = fact.path("turn").asString("");
          complainIf(!ended.add(turn), "lane %s: turn %s ended twice", lane, turn);
        }
        default -> {} // only what is promised here is looked at
      }
    }
    started.removeAll(ended);
    complainIf(settled && !started.isEmpty(), "lane %s: turns without an end: %s", lane, started);
  }

  private void readTestimonies(List<Testimony> testimonies) {
    var facts = new HashMap<String, Map<Long, JsonNode>>();
    journals.forEach((lane, journal) -> facts.put(lane, bySeq(journal.facts())));
    for (var testimony : testimonies) {
      var journal = journals.get(testimony.lane());
      var numbered = facts.get(testimony.lane());
      if (journal == null || numbered == null) {
        complain("lane %s is gone, but: %s", testimony.lane(), testimony);
        continue;
      }
      switch (testimony) {
        case Stored stored -> stored(stored, numbered);
        case Answered answered -> answered(answered, journal.facts());
        case Delivered delivered -> delivered(delivered, journal.epoch(), numbered);
      }
    }
  }

  private static Map<Long, JsonNode> bySeq(List<JsonNode> facts) {
    var numbered = new HashMap<Long, JsonNode>();
    facts.forEach(fact -> numbered.put(fact.path("seq").asLong(), fact));
    return numbered;
  }

  private void stored(Stored told, Map<Long, JsonNode> numbered) {
    JsonNode fact = numbered.get(told.seq());
    if (fact == null) {
      complain("lost: prompt %s was acknowledged as %d", told.clientId(), told.seq());
      return;
    }
    boolean same =
        fact.path("type").asString("").equals("turn.queued")
            && fact.path("clientId").asString("").equals(told.clientId())
            && fact.at("/turn/id").asString("").equals(told.turn())
            && fact.at("/turn/text").asString("").equals(told.text());
    complainIf(!same, "number %d was %s, now it is %s", told.seq(), told, fact);
  }

  private void answered(Answered told, List<JsonNode> facts) {
    var closed =
        facts.stream()
            .filter(fact -> fact.path("type").asString("").equals("ask.closed"))
            .filter(fact -> fact.at("/ask/id").asString("").equals(told.ask()))
            .toList();
    complainIf(closed.size() != 1, "ask %s closed %d times: %s", told.ask(), closed.size(), told);
    for (JsonNode fact : closed) {
      complainIf(
          !fact.at("/answer/option").asString("").equals(told.option()),
          "the answer %s became %s",
          told,
          fact);
    }
  }

  private void delivered(Delivered told, String epoch, Map<Long, JsonNode> numbered) {
    JsonNode fact = numbered.get(told.seq());
    complainIf(!told.epoch().equals(epoch), "epoch %s was %s", epoch, told.epoch());
    complainIf(fact == null, "lost: fact %d was delivered: %s", told.seq(), told.fact());
    complainIf(
        fact != null && !fact.equals(JSON.readTree(told.fact())),
        "number %d was %s, now it is %s",
        told.seq(),
        told.fact(),
        fact);
  }

  @FormatMethod
  private void complainIf(boolean wrong, String form, Object... values) {
    if (wrong) {
      complain(form, values);
    }
  }

  @FormatMethod
  private void complain(String form, Object... values) {
    complaints.add(form.formatted(values));
  }
}
