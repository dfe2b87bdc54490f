package dev.signalbox.agent.acp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentView;
import dev.signalbox.agent.KnownAgents;
import dev.signalbox.agent.McpServer;
import dev.signalbox.agent.Registry;
import dev.signalbox.config.DataFolder;
import dev.signalbox.config.Settings;
import dev.signalbox.refusal.Refused;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.ScriptedAgents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("R-DRV-10")
@Timeout(180)
class RegistryTest {
  private Workbench bench;

  @BeforeEach
  void open(@TempDir Path folder) {
    bench = new Workbench(folder);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void anUnknownAgentIsRefusedNamingThoseThereAre() {
    var registry = registry(agent("one", true), agent("two", true), agent("off", false));
    assertThat(registry.require("two").name()).isEqualTo("two");
    assertThatThrownBy(() -> registry.require("three"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("'three'")
        .hasMessageContaining("one, two")
        .hasMessageNotContaining("off");
  }

  @Test
  void R_DRV_10_anAgentThatIsSwitchedOffIsNotOffered() {
    var registry = registry(agent("one", true), agent("off", false));
    assertThat(registry.all()).extracting(AgentView::id).containsExactly("one");
    assertThatThrownBy(() -> registry.require("off"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("switched off");
  }

  @Test
  void lookingAroundReturnsAtOnceAndTellsWhatItFound() {
    var slow = ScriptedAgents.agent(habits().spoil("initialize", "silent"));
    var registry = registry(slow);
    var heard = new CopyOnWriteArrayList<AgentView>();
    registry.onChange(heard::add);
    registry.lookAround();
    var before = registry.all().getFirst();
    assertThat(before.installed()).isNull();
    assertThat(before.ready()).isFalse();
    await().until(() -> !heard.isEmpty());
    assertThat(heard.getFirst().installed()).isTrue();
    assertThat(heard.getFirst().reason()).contains("did not answer");
  }

  @Test
  void aRefreshFindsWhatChanged() throws Exception {
    var agent = ScriptedAgents.agent(habits().models("m1"));
    var registry = new Registry(List.of(agent), Map.of("acp", bench.driver(Limits.DEFAULT)));
    var view = registry.refresh("scripted");
    assertThat(view.ready()).isTrue();
    assertThat(view.version()).isEqualTo("7.7.7");
    assertThat(view.models()).hasSize(1);
    assertThat(view.capabilities()).isNotNull();
  }

  @Test
  void R_DRV_3_manyAgentsAreKnownAndOthersComeBySettings() {
    var agents = KnownAgents.with(Map.of());
    assertThat(agents)
        .filteredOn(Agent::enabled)
        .extracting(Agent::name)
        .contains("codex", "claude", "opencode", "goose", "gemini", "qwen", "practice");
    assertThat(agents)
        .filteredOn(agent -> !agent.enabled())
        .extracting(Agent::name)
        .contains("copilot", "claude-acp", "codex-acp", "opencode-acp");
    assertThat(agents)
        .filteredOn(agent -> !agent.name().equals("practice"))
        .allSatisfy(agent -> {
          assertThat(agent.install()).isNotBlank();
          assertThat(agent.login()).isNotBlank();
        });
    assertThat(known(agents, "opencode").driver()).isEqualTo("opencode");
    assertThat(known(agents, "opencode").argv()).containsExactly("opencode", "serve");
    assertThat(known(agents, "opencode-acp").argv()).containsExactly("opencode", "acp");
    assertThat(known(agents, "gemini").argv()).containsExactly("gemini", "--acp");
    assertThat(known(agents, "qwen").argv())
        .containsExactly("qwen", "--acp", "--approval-mode", "default");
  }

  @Test
  @Tag("R-DRV-10")
  void aSwitchedOffAgentIsSwitchedOnByOneLineAndKeepsWhatIsKnownOfIt() {
    var on = settings("enabled = true");

    var agent = known(KnownAgents.with(Map.of("codex-acp", on)), "codex-acp");

    assertThat(agent.enabled()).isTrue();
    assertThat(agent.least()).isEqualTo("2.6.0");
    assertThat(agent.setup().mode(true)).isEqualTo("read-only");
    assertThat(agent.setup().mode(false)).isEqualTo("workspace-write");
  }

  @Test
  void settingsChangeOfAnAgentsSetupOnlyWhatTheyName() {
    var mine = settings("modes = { writing = \"autoEdit\" }");
    var other = settings("command = \"/opt/node\"");

    var agents = KnownAgents.with(Map.of("gemini", mine, "qwen", other));

    assertThat(known(agents, "gemini").setup().mode(false)).isEqualTo("autoEdit");
    assertThat(known(agents, "gemini").setup().mode(true)).isEqualTo("plan");
    assertThat(known(agents, "qwen").setup().runtime()).as("its own command").isNull();
    assertThat(known(KnownAgents.with(Map.of()), "qwen").setup().runtime()).isNotNull();
  }

  @Test
  void aServerOfToolsIsGivenToTheAgentsItIsMeantFor() {
    var all = new Settings.McpSettings("m", List.of("-x"), Map.of(), null, Map.of(), null);
    var one = new Settings.McpSettings(null, List.of(), Map.of(), "u", Map.of(), List.of("qwen"));

    var agents = KnownAgents.with(Map.of(), Map.of("b-all", all, "a-one", one));

    assertThat(known(agents, "goose").setup().servers())
        .containsExactly(new McpServer.Stdio("b-all", List.of("m", "-x"), Map.of()));
    assertThat(known(agents, "qwen").setup().servers())
        .extracting(McpServer::name)
        .containsExactly("a-one", "b-all");
  }

  @Test
  void thePracticeAgentIsReadyWithNothingInstalled() throws Exception {
    var practice = KnownAgents.with(Map.of()).getLast();
    var registry = new Registry(List.of(practice), Map.of("acp", bench.driver(Limits.DEFAULT)));
    var view = registry.refresh("practice");
    assertThat(view.reason()).isNull();
    assertThat(view.ready()).isTrue();
    assertThat(view.models()).isNull();
  }

  private static Agent known(List<Agent> agents, String name) {
    return agents.stream().filter(agent -> agent.name().equals(name)).findFirst().orElseThrow();
  }

  /// As a user writes them.
  private Settings.AgentSettings settings(String line) {
    var folder = DataFolder.locate(bench.folder.resolve("data").toString(), Map.of());
    folder.prepare();
    try {
      Files.writeString(folder.config().resolve("signalbox.toml"), "[agents.x]\n" + line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Settings.load(folder).agents().get("x");
  }

  private Habits habits() {
    return Habits.good().log(bench.folder.resolve("received"));
  }

  private Registry registry(Agent... agents) {
    return new Registry(List.of(agents), Map.of("acp", bench.driver(Workbench.SHORT_START)));
  }

  private static Agent agent(String name, boolean enabled) {
    return new Agent(name, name, "acp", List.of(name), Map.of(), List.of(), null, null, enabled);
  }
}
