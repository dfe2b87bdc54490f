package dev.signalbox.agent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.acp.AcpDriver;
import dev.signalbox.agent.conformance.Finding.Verdict;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.process.Children;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.PlainAgent;
import dev.signalbox.testkit.agent.Script;
import dev.signalbox.testkit.agent.ScriptedAgents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// That the scenarios find what is wrong. What is right is found by every driver's contract test.
@Tag("R-DRV-1")
@Timeout(180)
class ConformanceTest {
  private static final Patience PATIENT =
      new Patience(Duration.ofSeconds(60), Duration.ofSeconds(60));
  private static final Patience HASTY = new Patience(Duration.ofSeconds(5), Duration.ofMillis(300));

  @TempDir Path folder;
  private Children children;
  private final Map<String, String> environment = new HashMap<>(System.getenv());

  @BeforeEach
  void open() throws Exception {
    environment.put("HOME", Files.createDirectory(folder.resolve("home")).toString());
    children = Children.open(folder.resolve("runs"), environment);
  }

  @AfterEach
  void close() {
    children.close();
  }

  @Test
  void anAgentThatUnderstandsPlainWordsPassesEverything() throws Exception {
    var agent = agent("plain", PlainAgent.command(), Map.of());
    var conformance = conformance(agent, Wording.of(agent), PATIENT);
    for (var scenario : Conformance.scenarios()) {
      var finding = conformance.run(scenario);
      assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.PASS);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          answer        | Expected "heron" in the answer, got "sparrow"
          memory        | Expected "osprey" in the answer
          ask-deny      | It wrote made.txt after a no.
          ask-allow     | It was allowed to, but wrote no made.txt
          ask-interrupt | It wrote although the ask was never answered.
          """)
  void whatAnAgentDoesWrongIsFound(String scenario, String said) throws Exception {
    var writesAnyway =
        Script.script()
            .writeFile("made.txt", "x")
            .askWithoutWaiting("c1", "edit", "Write", "y:allow_once", "n:reject_once")
            .hang();
    var asksAndForgets =
        Script.script().ask("c1", "edit", "Write", "y:allow_once", "n:reject_once");
    var ignoresNo =
        Script.script()
            .ask("c1", "edit", "Write", "y:allow_once", "n:reject_once")
            .writeFile("made.txt", "x");
    var writing =
        switch (scenario) {
          case "ask-interrupt" -> writesAnyway;
          case "ask-deny" -> ignoresNo;
          default -> asksAndForgets;
        };
    var wording = wording(Script.script().say("sparrow"), writing, Script.script().say("ready"));
    var finding = scripted(Habits.good(), wording, PATIENT).run(scenario);

    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.detail()).contains(said);
  }

  @Test
  void R_INT_8_anAgentThatDoesNotStopInTimeFails() throws Exception {
    var deaf = Script.script().ignoreCancel().count(1_000, 50);
    var finding = scripted(Habits.good(), streaming(deaf), HASTY).run("interrupt");
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.detail()).contains("had not stopped");
  }

  @Test
  void anAgentThatCannotGoOnAfterAStopFails() throws Exception {
    var streams = streaming(Script.script().count(1_000, 50));
    var finding = scripted(Habits.good(), streams, PATIENT).run("interrupt");
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.detail()).contains("the next turn failed");
  }

  @Test
  void whatIsNotOfferedIsNoFault() throws Exception {
    var bare = Habits.good().without("resume").without("load").without("version");
    var wording =
        wording(
            Script.script().say("heron"),
            Script.script().writeFile("made.txt", "x"),
            Script.script().say("heron"));
    var conformance = scripted(bare, wording, PATIENT);
    for (var scenario : List.of("resume", "version", "ask-allow", "ask-deny", "stream")) {
      assertThat(conformance.run(scenario).verdict()).as(scenario).isEqualTo(Verdict.NOT_OFFERED);
    }
  }

  @Test
  void anAgentThatFakesAResumeFails() throws Exception {
    var state = Files.createDirectory(folder.resolve("state"));
    var wording =
        wording(
            Script.script().remember("osprey").say("OK"),
            Script.script().say("x"),
            Script.script().recall());
    var finding =
        scripted(Habits.good().state(state).spoil("resume", "fake"), wording, PATIENT)
            .run("resume");
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.detail()).contains("Expected \"osprey\"");
  }

  @Test
  void anAgentThatIsNotThereFailsWithTheWayOut() throws Exception {
    var missing = agent("missing", List.of("no-such-agent"), Map.of());
    var finding = conformance(missing, Wording.of(missing), PATIENT).run("start");
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.detail()).contains("could not be started").contains("get-it");
  }

  private static Wording wording(Script telling, Script writing, Script recalling) {
    return new Wording(
        telling.prompt(),
        "heron",
        telling.prompt(),
        Script.script().count(1_000, 50).prompt(),
        writing.prompt(),
        telling.prompt(),
        recalling.prompt(),
        "osprey");
  }

  private static Wording streaming(Script streaming) {
    var other = Script.script().say("other").prompt();
    return new Wording(other, "heron", other, streaming.prompt(), other, null, null, "");
  }

  private Conformance scripted(Habits habits, Wording wording, Patience patience) throws Exception {
    var scripted = ScriptedAgents.agent(habits);
    return conformance(
        agent("scripted", scripted.argv(), scripted.environment()), wording, patience);
  }

  private Conformance conformance(Agent agent, Wording wording, Patience patience)
      throws Exception {
    return new Conformance(
        new AcpDriver(new AgentChildren(children, environment)),
        agent,
        wording,
        patience,
        Files.createDirectories(folder.resolve("work")));
  }

  private static Agent agent(String name, List<String> argv, Map<String, String> environment) {
    return new Agent(name, name, "acp", argv, environment, List.of(), "get-it", null, true);
  }
}
