package dev.signalbox.agent.acp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentView;
import dev.signalbox.agent.KnownAgents;
import dev.signalbox.agent.Registry;
import dev.signalbox.refusal.Refused;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.ScriptedAgents;
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
  void R_DRV_3_opencodeGooseAndThePracticeAgentAreKnownAndOthersComeBySettings() {
    var agents = KnownAgents.with(Map.of());
    assertThat(agents).extracting(Agent::name).containsExactly("opencode", "goose", "practice");
    assertThat(agents.get(0).argv()).containsExactly("opencode", "acp");
    assertThat(agents.get(1).argv()).containsExactly("goose", "acp");
    assertThat(agents).allSatisfy(agent -> assertThat(agent.driver()).isEqualTo("acp"));
    assertThat(agents.get(0).install()).isNotBlank();
    assertThat(agents.get(1).login()).isNotBlank();
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
