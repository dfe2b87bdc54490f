package dev.signalbox.agent.exec;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.PoolLimits;
import dev.signalbox.agent.Registry;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import dev.signalbox.testkit.agent.ScriptedAgents;
import dev.signalbox.testkit.agent.WireTap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Every line between us and an ACP agent in a one-shot turn, against the golden file; and the same
/// lines when the same is done by a warm agent. Should the lines change on purpose, write the file
/// anew with `-Dgolden.write=true` and look at the difference.
@Tag("R-WARM-7")
@Tag("R-DRV-4")
@Timeout(180)
class OneShotFramesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/one-shot-acp.txt");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final JsonMapper SORTED =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  @TempDir Path folder;
  private Range range;

  @BeforeEach
  void open() throws IOException {
    range = new Range(folder);
  }

  @AfterEach
  void close() {
    range.close();
  }

  /// A bit of everything that an agent tells by itself.
  private static Script everything() {
    return script()
        .think("Let me see.")
        .say("I look ")
        .say("around.")
        .tool("c1", "read", "Read notes.txt", "three lines")
        .update(
            "{\"sessionUpdate\":\"plan\",\"entries\":[{\"content\":\"Look\",\"priority\":\"high\",\"status\":\"completed\"}]}")
        .update("{\"sessionUpdate\":\"never_heard_of\",\"a\":1}")
        .writeFile("made.txt", "hello")
        .say("Done: 你好.")
        .usage(12, 34);
  }

  @Test
  void theLinesOfAOneShotTurnAreThoseOfTheGoldenFile() throws Exception {
    var log = folder.resolve("one-shot");
    var result = new OneShot(range.driver(), range.order(agent(log), everything())).run(new Told());

    assertThat(result).isInstanceOf(TurnResult.Completed.class);
    var lines = lines(log);
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(GOLDEN.getParent());
      Files.writeString(GOLDEN, lines);
    }
    assertThat(lines).isEqualTo(Files.readString(GOLDEN));
  }

  @Test
  void theWarmPathSpeaksTheSameLinesAndTellsTheSameEvents() throws Exception {
    var once = new Told();
    new OneShot(range.driver(), range.order(agent(folder.resolve("once")), everything())).run(once);

    var log = folder.resolve("warm");
    var told = new Told();
    var agent = agent(log);
    var registry = new Registry(List.of(agent), Map.of("acp", range.driver()));
    try (var pool = new AgentPool(registry, InstantSource.system(), PoolLimits.usual())) {
      var thread =
          pool.thread(
                  range.ids.lane(),
                  agent,
                  new Launch(range.work, range.work, Map.of()),
                  ThreadSettings.writing(range.work),
                  null)
              .thread();
      Asking.prompt(thread, range.ids.turn(), everything().prompt(), told).end();
      assertThat(lines(log)).isEqualTo(Files.readString(GOLDEN));
    }
    assertThat(told.events()).isNotEmpty().isEqualTo(once.events());
  }

  private static Agent agent(Path log) {
    var scripted = ScriptedAgents.agent(Habits.good());
    return new Agent(
        scripted.name(),
        scripted.title(),
        scripted.driver(),
        WireTap.tapped(log, scripted.argv()),
        scripted.environment(),
        List.of(),
        null,
        null,
        true);
  }

  /// Without what differs from run to run: the folder, the agent's id of the conversation, and our
  /// own version.
  private String lines(Path log) throws IOException {
    var text = new StringBuilder();
    for (var line : Files.readAllLines(log)) {
      var message = SORTED.readValue(line.substring(2), Object.class);
      text.append(line, 0, 2).append(SORTED.writeValueAsString(message)).append('\n');
    }
    var plain = text.toString().replace(range.work.toString(), "WORK");
    return UUID.matcher(plain)
        .replaceAll("SESSION")
        .replaceAll("(\"clientInfo\":\\{[^}]*\"version\":)\"[^\"]*\"", "$1\"VERSION\"");
  }
}
