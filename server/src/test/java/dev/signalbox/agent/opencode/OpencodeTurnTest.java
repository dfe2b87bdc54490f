package dev.signalbox.agent.opencode;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.testkit.agent.Habits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// What a turn says, asks, chooses and how it ends, with a server that is well.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class OpencodeTurnTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Workbench bench;
  private AgentProcess process;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    bench = new Workbench(folder);
    process = bench.start(Habits.good().models("m1", "m2").modes("build", "plan"));
  }

  @AfterAll
  void close() {
    bench.close();
  }

  @Test
  void R_DRV_11_modelModeAndEffortAreThoseChosenAndStayChosen() throws Exception {
    var thread = bench.thread(process);
    assertThat(thread.offers().model()).isEqualTo("scripted/m1");
    assertThat(thread.offers().mode()).isEqualTo("build");
    assertThat(thread.offers().efforts())
        .extracting(Choice::id)
        .containsExactly("default", "low", "high");
    var wanted = new TurnSettings("scripted/m2", "plan", "high");
    assertThat(bench.run(thread, script().whoAmI(), wanted).text())
        .contains("model=m2 mode=plan effort=high");
    assertThat(bench.run(thread, script().whoAmI()).text())
        .contains("model=m2 mode=plan effort=high");
    assertThat(thread.offers().model()).isEqualTo("scripted/m2");
  }

  @ParameterizedTest
  @CsvSource({"scripted/m9,,", ",dream,", ",,extreme"})
  void R_DRV_11_whatIsNotOfferedIsRefusedWithTheChoicesAndNothingIsSent(
      String model, String mode, String effort) throws Exception {
    var thread = bench.thread(process);
    var wanted = new TurnSettings(model, mode, effort);
    var prompt = new Prompt(script().say("x").prompt(), List.of());
    var result = Asking.prompt(thread, bench.turn(), prompt, wanted, new Told()).end();
    assertThat(result)
        .isInstanceOfSatisfying(
            TurnResult.Failed.class,
            failed -> assertThat(failed.problem().hint()).startsWith("Choose one of: "));
    assertThat(bench.bodies("POST /session/" + thread.nativeId() + "/prompt_async")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "401,no,login",
    "429,slow down,rate-limit",
    "400,maximum context length exceeded,overflow",
    "500,broken,agent-error",
  })
  @Tag("R-TURN-8")
  void R_TURN_8_aModelErrorFailsTheTurnInPlainWords(int status, String said, String code)
      throws Exception {
    var thread = bench.thread(process);
    var result = bench.run(thread, script().say("a").error(status, said), new Told());
    assertThat(result)
        .isInstanceOfSatisfying(
            TurnResult.Failed.class,
            failed -> {
              assertThat(failed.problem().code()).isEqualTo(code);
              assertThat(failed.problem().detail()).contains(said);
            });
    assertThat(bench.run(thread, script().say("again")).text()).isEqualTo("again");
  }

  @ParameterizedTest
  @CsvSource({"end_turn,end_turn", "max_tokens,max_tokens"})
  @Tag("R-TURN-3")
  void R_TURN_3_theReasonOfTheEndIsOurs(String said, String reason) throws Exception {
    var result = bench.run(bench.thread(process), script().say("a").stop(said), new Told());
    assertThat(result).isEqualTo(new TurnResult.Completed(reason, null));
  }

  @Test
  @Tag("R-TURN-3")
  void aRefusalOfTheModelFailsTheTurn() throws Exception {
    var result = bench.run(bench.thread(process), script().say("a").stop("refusal"), new Told());
    assertThat(result)
        .isInstanceOfSatisfying(
            TurnResult.Failed.class,
            failed -> assertThat(failed.problem().code()).isEqualTo("refused"));
  }

  @Test
  void anEndThatIsToldTwiceEndsOneTurn() throws Exception {
    var thread = bench.thread(process);
    bench.run(thread, script().say("a").answerTwice());
    assertThat(bench.run(thread, script().say("b").sleep(200).say("c")).text()).isEqualTo("bc");
  }

  @Test
  @Tag("R-ASK-8")
  void neverAlwaysIsOfferedAndARefusalWithWordsLetsTheAgentGoOn() throws Exception {
    var thread = bench.thread(process);
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            ask.pending().choose(Told.once(ask, false).id(), "not there");
            ask.pending().choose(Told.once(ask, true).id(), null); // too late
          }
        });
    var script = script().ask("c1", "execute", "touch x", "n:reject_once").say(" on");
    assertThat(bench.run(thread, script, told)).isInstanceOf(TurnResult.Completed.class);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.options()).extracting(AgentEvent.Option::id).containsExactly("once", "reject");
    assertThat(ask.writes()).isTrue();
    assertThat(told.text()).isEqualTo("rejected: not there on");
  }

  @Test
  @Tag("R-ASK-2")
  void questionsAreOneFormAndRejectedWhenNobodyAnswers() throws Exception {
    var thread = bench.thread(process);
    var values = JSON.createObjectNode().put("q1", "A").put("q1_other", "or Z");
    values.putArray("q2").add("X").add("Y");
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            ask.pending().submit(values);
          }
        });
    bench.run(thread, script().elicit("Which?", "{}"), told);
    assertThat(told.text()).isEqualTo("reply [[\"A\",\"or Z\"],[\"X\",\"Y\"]]");
    var schema = told.first(AgentEvent.AskOpened.class).schema();
    assertThat(schema.at("/properties/q1/oneOf/0/title").asString()).isEqualTo("A: first");
    assertThat(schema.at("/properties/q2/type").asString()).isEqualTo("array");
    assertThat(schema.at("/properties/q2/items/anyOf/1/const").asString()).isEqualTo("Y");
    assertThat(schema.at("/properties/q2_other").isMissingNode()).isTrue();

    var silent =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            ask.pending().cancel();
          }
        });
    bench.run(thread, script().elicit("Which?", "{}"), silent);
    assertThat(silent.text()).startsWith("reject");
  }

  @Test
  void aCommandIsRunAsOneAndOtherSlashesAreWords() throws Exception {
    var thread = bench.thread(process);
    var words = script().say("reviewed").prompt();
    var told = new Told();
    Asking.prompt(thread, bench.turn(), "/review " + words, told).end();
    assertThat(told.text()).isEqualTo("reviewed");
    assertThat(bench.bodies("POST /session/" + thread.nativeId() + "/command"))
        .singleElement()
        .satisfies(body -> {
          assertThat(body.path("command").asString()).isEqualTo("review");
          assertThat(body.path("arguments").asString()).isEqualTo(words);
        });
    var plain = new Told();
    Asking.prompt(thread, bench.turn(), "/etc/passwd " + words, plain).end();
    assertThat(plain.text()).isEqualTo("reviewed");
    assertThat(bench.bodies("POST /session/" + thread.nativeId() + "/prompt_async")).hasSize(1);
  }

  @Test
  void imagesGoAlongAsTheyAre() throws Exception {
    var thread = bench.thread(process);
    var file = Files.write(bench.folder.resolve("a.png"), new byte[] {1, 2, 3});
    var prompt = new Prompt("look", List.of(new Prompt.Image(file, "image/png")));
    var told = new Told();
    Asking.prompt(thread, bench.turn(), prompt, Asking.AS_IS, told).end();
    assertThat(told.text()).isEqualTo("heard 4 bytes and 1 images");
    var part =
        bench
            .bodies("POST /session/" + thread.nativeId() + "/prompt_async")
            .getFirst()
            .at("/parts/1");
    assertThat(part.path("mime").asString()).isEqualTo("image/png");
    assertThat(part.path("url").asString()).isEqualTo("data:image/png;base64,AQID");
  }

  @Test
  void whatIsSaidInMidTurnIsAnsweredInItAndALateOneIsNotSent() throws Exception {
    var thread = bench.thread(process);
    var turn = bench.turn();
    var told = new Told();
    var asking = Asking.prompt(thread, turn, script().say("a").sleep(700).prompt(), told);
    told.first(AgentEvent.Text.class);
    assertThat(thread.steer(turn, new Prompt(script().say("b").prompt(), List.of()))).isTrue();
    assertThat(thread.steer(bench.turn(), new Prompt("x", List.of()))).isFalse();
    assertThat(asking.end()).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.text()).isEqualTo("ab");
    assertThat(thread.steer(turn, new Prompt("x", List.of()))).isFalse();
    assertThat(bench.bodies("POST /session/" + thread.nativeId() + "/prompt_async")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"refuse,agent-error", "login,login"})
  void aPromptThatIsNotTakenFailsTheTurn(String way, String code) throws Exception {
    var thread = bench.thread(bench.start(Habits.good().spoil("prompt", way)));
    assertThat(bench.run(thread, script().say("x"), new Told()))
        .isInstanceOfSatisfying(
            TurnResult.Failed.class, failed -> assertThat(failed.problem().code()).isEqualTo(code));
  }

  @Test
  void aPromptThatIsNotAnsweredEndsTheTurn() throws Exception {
    var habits = Habits.good().spoil("prompt", "silent");
    var thread = bench.thread(bench.start(habits, Workbench.SHORT_OPEN));
    assertThatThrownBy(() -> bench.run(thread, script().say("x"), new Told()))
        .isInstanceOf(AgentUnavailable.class)
        .hasMessageContaining("did not answer");
  }

  @Test
  @Tag("R-LIFE-9")
  void aConversationTheServerForgotGoesOnAsANewOneAndSaysSo() throws Exception {
    var thread = bench.thread(bench.start(Habits.good().spoil("prompt", "unknown")));
    var before = thread.nativeId();
    var told = new Told();
    var prompt = new Prompt("x", List.of(), () -> script().say("with an account").prompt());
    Asking.prompt(thread, bench.turn(), prompt, Asking.AS_IS, told).end();
    assertThat(told.all(AgentEvent.Notice.class))
        .extracting(AgentEvent.Notice::code)
        .containsExactly("memory-lost");
    assertThat(told.text()).isEqualTo("with an account");
    assertThat(thread.nativeId()).isNotEqualTo(before);
  }

  @Test
  void commandsAreOfferedBeforeTheFirstTurn() throws Exception {
    var thread = bench.thread(process);
    var heard = new Told();
    thread.outside(heard::accept);
    assertThat(heard.first(AgentEvent.Commands.class).commands())
        .containsExactly(
            new AgentEvent.Commands.Command("review", "Reviews", "arguments"),
            new AgentEvent.Commands.Command("init", null, null));
  }

  @Test
  void aPermissionThatIsAskedWithNoTurnIsRefused() throws Exception {
    var thread = bench.thread(process);
    bench.run(thread, script().say("a").askWithoutWaiting("c1", "execute", "x", "y:allow_once"));
    var id = thread.nativeId();
    await()
        .until(() ->
            bench.received.messages().stream()
                .anyMatch(got ->
                    got.path("method").asString("").startsWith("POST /permission/")
                        && got.at("/body/reply").asString("").equals("reject")));
    assertThat(id).isNotBlank();
  }
}
