package dev.signalbox.agent.acp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.Probe;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.ScriptedAgents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("R-DRV-12")
@Timeout(180)
class AcpProbeTest {
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
  void anAgentThatWorksIsReadyWithItsVersionAndOffers() throws Exception {
    var probe = probe(Habits.good().models("m1"));
    assertThat(probe.installed()).isTrue();
    assertThat(probe.ready()).isTrue();
    assertThat(probe.reason()).isNull();
    assertThat(probe.version()).isEqualTo("7.7.7");
    assertThat(Objects.requireNonNull(probe.capabilities()).resume()).isTrue();
    assertThat(Objects.requireNonNull(probe.offers()).models())
        .extracting(Choice::id)
        .containsExactly("m1");
    await().until(() -> bench.alive() == 0);
  }

  @Test
  void aMissingAgentNamesTheInstallCommand() throws Exception {
    var probe =
        bench
            .driver(Limits.DEFAULT)
            .probe(
                new Agent(
                    "x",
                    "X",
                    "acp",
                    List.of("no-such-agent-anywhere"),
                    Map.of(),
                    List.of(),
                    "npm install -g x",
                    null,
                    true));
    assertThat(probe.installed()).isFalse();
    assertThat(probe.ready()).isFalse();
    assertThat(probe.reason()).contains("not found").contains("npm install -g x");
  }

  @Test
  void aMissingAgentWithoutAnInstallCommandIsStillMissing() throws Exception {
    var probe =
        bench
            .driver(Limits.DEFAULT)
            .probe(
                new Agent(
                    "x",
                    "X",
                    "acp",
                    List.of("no-such-agent-anywhere"),
                    Map.of(),
                    List.of(),
                    null,
                    null,
                    true));
    assertThat(probe.installed()).isFalse();
  }

  @Test
  void anAgentThatTellsNoVersionIsAskedByItsCommand() throws Exception {
    var base = ScriptedAgents.agent(Habits.good().without("version"));
    var agent =
        new Agent(
            base.name(),
            base.title(),
            "acp",
            base.argv(),
            base.environment(),
            List.of("sh", "-c", "echo 'agent  1.2.3-beta (2026)'"),
            null,
            null,
            true);
    assertThat(bench.driver(Limits.DEFAULT).probe(agent).version()).isEqualTo("1.2.3-beta");
    assertThat(probe(Habits.good().without("version")).version()).isNull();
  }

  @Test
  void anAgentThatWantsALoginNamesTheExactCommand() throws Exception {
    var probe = probe(Habits.good().spoil("new", "login"));
    assertThat(probe.installed()).isTrue();
    assertThat(probe.ready()).isFalse();
    assertThat(probe.version()).isEqualTo("7.7.7");
    assertThat(probe.reason()).contains("Log in, in a terminal: scripted login");
  }

  @Test
  void anAgentThatHangsOrCrashesIsNotReadyAndSaysWhy() throws Exception {
    var silent =
        bench
            .driver(Workbench.SHORT_START)
            .probe(ScriptedAgents.agent(Habits.good().spoil("initialize", "silent")));
    assertThat(silent.reason()).contains("did not answer `initialize`");
    var crashed = probe(Habits.good().spoil("initialize", "crash"));
    assertThat(crashed.installed()).isTrue();
    assertThat(crashed.reason()).contains("exit code 7");
  }

  @Test
  void anAgentWhoseRuntimeIsTooOldSaysSoFirstAndOneThatWorksAllTheSameIsReady() throws Exception {
    var old = new Agent.RunBy("sh", "Shell", "999");
    var broken = probe(Habits.good().spoil("initialize", "crash"), old);
    assertThat(broken.reason()).startsWith("Scripted agent needs Shell 999 or later; `sh` on the");
    assertThat(broken.reason()).contains("exit code 7");
    var works = probe(Habits.good(), old);
    assertThat(works.ready()).isTrue();
    assertThat(works.notice()).contains("needs Shell 999 or later");

    var missing = probe(Habits.good(), new Agent.RunBy("no-such-runtime", "Node.js", "22"));
    assertThat(missing.notice()).contains("there is no `no-such-runtime` on the PATH");
    assertThat(probe(Habits.good(), new Agent.RunBy("sh", "Shell", "0.0")).notice()).isNull();
  }

  private Probe probe(Habits habits, Agent.RunBy runtime) throws Exception {
    // What prints a version on every machine: a `sh` of the test's own.
    var programs = Files.createDirectories(bench.folder.resolve("programs"));
    var sh = Files.writeString(programs.resolve("sh"), "#!/bin/sh\necho sh 1.2\n");
    assertThat(sh.toFile().setExecutable(true)).isTrue();
    var agent = ScriptedAgents.agent(habits);
    var setup = Agent.Setup.NONE.needing(runtime);
    var environment = new HashMap<>(System.getenv());
    environment.put("PATH", programs + ":" + environment.get("PATH"));
    return new AcpDriver(new AgentChildren(bench.children, environment)).probe(agent.with(setup));
  }

  private Probe probe(Habits habits) throws Exception {
    return bench
        .driver(Limits.DEFAULT)
        .probe(ScriptedAgents.agent(habits.log(bench.folder.resolve("received"))));
  }
}
