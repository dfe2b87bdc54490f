package dev.signalbox.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.event.Item;
import dev.signalbox.id.LaneId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The process is killed while it writes; what it had said to be stored is there.
class KillTest {
  private static final int ROUNDS = 4;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path dir;

  @Test
  void R_EVT_3_R_LANE_6_nothingThatWasToldIsLostAndNoNumberIsGivenTwice() throws Exception {
    Path file = dir.resolve("runtime.db");
    List<LaneId> lanes;
    try (var desk = new Desk(file)) {
      lanes = List.of(desk.lane(), desk.lane(), desk.lane(), desk.lane());
    }
    var random = new Random(42);
    Map<LaneId, List<String>> before = new HashMap<>();
    int acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<String[]> told = runAndKill(file, lanes, 50 + random.nextInt(400));
      acknowledged += told.size();
      try (var desk = new Desk(file)) {
        for (LaneId lane : lanes) {
          List<String> events = history(desk, lane);
          List<String> known = before.getOrDefault(lane, List.of());
          assertThat(events.subList(0, known.size())).isEqualTo(known);
          before.put(lane, events);
          told.stream().filter(t -> t[0].equals(lane.value())).forEach(t -> isThere(t, events));
          recover(desk, lane);
          before.put(lane, history(desk, lane));
        }
        String check =
            desk.db.read(h -> h.createQuery("PRAGMA integrity_check").mapTo(String.class).one());
        assertThat(check).isEqualTo("ok");
      }
    }
    assertThat(acknowledged).isGreaterThan(100);
  }

  private static void isThere(String[] told, List<String> events) {
    JsonNode event = JSON.readTree(events.get(Integer.parseInt(told[1]) - 1));
    assertThat(event.get("clientId").asString()).isEqualTo(told[2]);
    assertThat(event.at("/turn/text").asString()).isEqualTo("prompt of " + told[2]);
  }

  /// Dense from 1.
  private static List<String> history(Desk desk, LaneId lane) {
    var events = new ArrayList<String>();
    Journal.EventPage page;
    do {
      page = desk.journal.events(lane, events.size(), 5_000);
      events.addAll(page.events());
    } while (page.more());
    assertThat(events.stream().map(e -> JSON.readTree(e).get("seq").asLong()))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, page.seq()).boxed().toList());
    return events;
  }

  /// Open text is a beginning of what was written.
  private static void recover(Desk desk, LaneId lane) throws Exception {
    for (Item item : desk.journal.unfinished(lane).openItems()) {
      String text = item.text() == null ? "" : item.text();
      if (!text.isEmpty()) {
        String one = text.substring(0, Math.min(text.length(), 28));
        assertThat(one.repeat(20)).startsWith(text);
      }
      desk.append(lane, Desk.done(Fields.bare(item)));
      assertThat(desk.journal.item(item.id()).orElseThrow().text())
          .isEqualTo(text.isEmpty() ? null : text);
    }
  }

  /// @return what it told, in words
  private static List<String[]> runAndKill(Path file, List<LaneId> lanes, int lines)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(AppendingProcess.class.getName(), file.toString()));
    lanes.forEach(lane -> command.add(lane.value()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var in = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      var told = new ArrayList<String[]>();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        told.add(line.split(" "));
        if (told.size() == lines) {
          // By its handle, which leaves the pipe open: what is still in it was told.
          process.toHandle().destroyForcibly();
        }
      }
      return told;
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }
}
