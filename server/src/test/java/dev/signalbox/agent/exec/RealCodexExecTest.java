package dev.signalbox.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.event.Item;
import dev.signalbox.testkit.agent.CodexHome;
import dev.signalbox.testkit.model.ModelScript;
import dev.signalbox.testkit.model.ModelTurn;
import dev.signalbox.testkit.model.ScriptedModel;
import dev.signalbox.testkit.model.ToolUse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the double of `codex exec` only claims, with the real one that is pinned in
/// `agents/package.json`.
@Tag("agents")
@Timeout(180)
class RealCodexExecTest {
  private static final Path CODEX =
      Path.of(
              "..",
              "agents/node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex")
          .toAbsolutePath()
          .normalize();

  @TempDir Path folder;
  private Range range;
  private ScriptedModel model;

  @BeforeEach
  void configure() throws IOException {
    model = ScriptedModel.start();
    range = new Range(folder);
    CodexHome.configure(CODEX, folder.resolve("codex"), model.url());
  }

  @AfterEach
  void close() {
    range.close();
    model.close();
  }

  @Test
  void R_WARM_2_aSecondTurnKnowsTheFirstAlthoughNothingStayed() throws Exception {
    var thread = thread(false);
    say(thread, ModelScript.of(ModelTurn.says("First.")).in("remember me"), new Told());
    var id = thread.nativeId();
    var told = new Told();
    say(thread, ModelScript.of(ModelTurn.says("Second.")).in("and now"), told);

    assertThat(told.text()).isEqualTo("Second.");
    assertThat(thread.nativeId()).isEqualTo(id).isNotEmpty();
    assertThat(model.mainRequests().getLast().body().path("input").toString())
        .contains("remember me", "and now");
    assertThat(range.alive()).isZero();
  }

  @Test
  void aCommandRunsInTheSandboxOfTheConversation() throws Exception {
    var writing =
        ModelScript.of(ModelTurn.calls(new ToolUse.Shell("touch made.txt")), ModelTurn.says("done"))
            .in("run it");
    say(thread(true), writing, new Told());
    assertThat(range.work.resolve("made.txt")).doesNotExist();

    var told = new Told();
    say(thread(false), writing, told);
    assertThat(range.work.resolve("made.txt")).exists();
    var call = told.all(AgentEvent.ToolCall.class).getLast();
    assertThat(call.status()).isEqualTo(Item.Status.DONE);
    assertThat(call.tool().exitCode()).isZero();
  }

  @Test
  void R_INT_1_anInterruptEndsItAndWhatItStarted() throws Exception {
    var thread = thread(false);
    var turn = range.ids.turn();
    var slow =
        ModelScript.of(ModelTurn.says("slow ").repeat(200, Duration.ofMillis(250))).in("slowly");
    var asking = Asking.prompt(thread, turn, slow, new Told());
    await().until(() -> !model.mainRequests().isEmpty());
    thread.interrupt(turn);
    assertThat(asking.end()).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(range.alive()).isZero();
  }

  @Test
  void R_LIFE_9_aConversationItDoesNotKnowIsBegunAnew() throws Exception {
    var process = ExecDriver.codex(range.launching).start(agent(), launch());
    var thread =
        process.resume("01a1fa69-d4eb-7852-8c36-3d79db90853b", ThreadSettings.writing(range.work));
    var told = new Told();
    say(thread, ModelScript.of(ModelTurn.says("Hello.")).in("hello"), told);
    assertThat(told.first(AgentEvent.Notice.class).code()).isEqualTo("memory-lost");
    assertThat(told.text()).isEqualTo("Hello.");
  }

  @Test
  void anErrorOfTheModelIsToldInItsClass() throws Exception {
    var prompt = ModelScript.of(ModelTurn.fails(429)).in("fail");
    var result = Asking.prompt(thread(false), range.ids.turn(), prompt, new Told()).end();
    assertThat(((TurnResult.Failed) result).problem().code()).isEqualTo("rate-limit");
  }

  private AgentThread thread(boolean readOnly) throws Exception {
    return ExecDriver.codex(range.launching)
        .start(agent(), launch())
        .open(new ThreadSettings(range.work, readOnly, List.of()));
  }

  private Launch launch() {
    return new Launch(range.work, range.work, Map.of());
  }

  private Agent agent() {
    return new Agent(
        "codex-once",
        "Codex",
        "exec-codex",
        List.of(CODEX.toString()),
        CodexHome.environment(folder.resolve("codex")),
        List.of(),
        null,
        null,
        true);
  }

  private void say(AgentThread thread, String prompt, Told told) throws Exception {
    assertThat(Asking.prompt(thread, range.ids.turn(), prompt, told).end())
        .isInstanceOf(TurnResult.Completed.class);
  }
}
