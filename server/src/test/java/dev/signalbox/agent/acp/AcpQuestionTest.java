package dev.signalbox.agent.acp;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvent.AskKind;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Forms an agent asks with: `elicitation/create`.
@Tag("R-ASK-2")
@Timeout(180)
class AcpQuestionTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String FORM =
      """
      {"type":"object","required":["colour"],"properties":{
        "colour":{"type":"string","enum":["red","green"]},
        "count":{"type":"integer"},
        "sizes":{"type":"array","items":{"type":"string","enum":["s","m"]}}}}
      """;

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
  void formsAreOfferedToTheAgentAndAddressesToOpenAreNot() throws Exception {
    bench.start(Habits.good());

    var elicitation =
        bench
            .received
            .messages("initialize")
            .getFirst()
            .at("/params/clientCapabilities/elicitation");
    assertThat(elicitation.toString()).isEqualTo("{\"form\":{}}");
  }

  @Test
  void aFormIsAskedAsItIsAndItsValuesReachTheAgent() throws Exception {
    var told =
        told(
            Script.script().elicit("Which colour?", FORM),
            ask ->
                ask.pending()
                    .submit(
                        JSON.readTree(
                            "{\"colour\":\"red\",\"count\":2,\"sizes\":[\"s\"],\"more\":1,\"none\":null}")));

    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.kind()).isEqualTo(AskKind.QUESTION);
    assertThat(ask.title()).isEqualTo("Which colour?");
    assertThat(ask.schema()).isEqualTo(JSON.readTree(FORM));
    assertThat(ask.writes()).as("filling in a form writes nothing").isFalse();
    assertThat(told.text())
        .isEqualTo(
            "result: {\"action\":\"accept\",\"content\":{\"colour\":\"red\",\"count\":2,\"sizes\":[\"s\"]}}");
  }

  @Test
  void aFormThatIsDeclinedIsDeclinedAndOneNobodyAnswersIsCancelled() throws Exception {
    var declined =
        told(
            script().elicit("Which?", FORM),
            ask -> ask.pending().choose(Told.once(ask, false).id(), null));
    assertThat(declined.text()).isEqualTo("result: {\"action\":\"decline\"}");

    var cancelled = told(script().elicit("Which?", FORM), ask -> ask.pending().cancel());
    assertThat(cancelled.text()).isEqualTo("result: {\"action\":\"cancel\"}");
  }

  /// Else a read-only lane would let an agent have its yes.
  @Test
  void aQuestionWithoutFieldsIsAPermission() throws Exception {
    var told =
        told(
            script().elicit("Delete all?", "{\"type\":\"object\",\"properties\":{}}"),
            ask -> ask.pending().choose(Told.once(ask, true).id(), null));

    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.writes()).isTrue();
    assertThat(ask.schema()).isNull();
    assertThat(told.text()).isEqualTo("result: {\"action\":\"accept\",\"content\":{}}");
  }

  @Test
  void R_INT_5_anInterruptCancelsAFormThatIsOpen() throws Exception {
    var thread = bench.thread(Habits.good());
    var turn = bench.turn();
    var told = new Told();
    var asking = Asking.prompt(thread, turn, script().elicit("Which?", FORM).prompt(), told);
    var ask = told.first(AgentEvent.AskOpened.class);

    thread.interrupt(turn);

    assertThat(asking.end()).isInstanceOf(TurnResult.Cancelled.class);
    ask.pending().submit(JSON.readTree("{\"colour\":\"red\"}")); // too late: changes nothing
    bench.run(thread, script().say("on"));
    assertThat(bench.received.answers())
        .filteredOn(answer -> answer.path("result").has("action"))
        .allSatisfy(
            answer -> assertThat(answer.at("/result/action").asString()).isEqualTo("cancel"));
  }

  @Test
  void whatIsNoFormIsRefusedAndWithoutATurnNothingIsAsked() throws Exception {
    var told =
        bench.run(
            bench.thread(Habits.good()),
            script()
                .call(
                    "elicitation/create",
                    "{\"sessionId\":\"x\",\"mode\":\"url\",\"url\":\"http://x\",\"elicitationId\":\"1\",\"message\":\"m\"}")
                .call(
                    "elicitation/create",
                    "{\"requestId\":1,\"mode\":\"form\",\"requestedSchema\":{},\"message\":\"m\"}"));

    assertThat(told.text()).isEqualTo("error: -32602result: {\"action\":\"cancel\"}");
    assertThat(told.all(AgentEvent.AskOpened.class)).isEmpty();
  }

  private Told told(Script script, Consumer<AgentEvent.AskOpened> answer) throws Exception {
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            answer.accept(ask);
          }
        });
    var result = bench.run(bench.thread(Habits.good()), Objects.requireNonNull(script), told);
    assertThat(result).isInstanceOf(TurnResult.Completed.class);
    return told;
  }
}
