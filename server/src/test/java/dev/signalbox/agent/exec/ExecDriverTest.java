package dev.signalbox.agent.exec;

import static dev.signalbox.agent.exec.CommandDouble.prints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Keeping;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.event.Item;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("R-DRV-1")
@Timeout(120)
class ExecDriverTest {
  private static final String BEGAN = "{\"type\":\"thread.started\",\"thread_id\":\"th-1\"}";
  private static final String DONE =
      "{\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":30,\"cached_input_tokens\":2,\"output_tokens\":6}}";

  @TempDir Path folder;
  private Range range;
  private CommandDouble command;

  @BeforeEach
  void open() throws IOException {
    range = new Range(folder);
    command = new CommandDouble(folder);
  }

  @AfterEach
  void close() {
    range.close();
  }

  @Test
  void R_DRV_2_theLinesOfCodexExecBecomeEvents() throws Exception {
    var told = new Told();
    var result =
        codex(
            told,
            prints(
                "no JSON at all",
                BEGAN,
                "{\"type\":\"turn.started\"}",
                "{\"type\":\"item.completed\",\"item\":{\"id\":\"i0\",\"type\":\"reasoning\",\"text\":\"hm\"}}",
                "{\"type\":\"item.started\",\"item\":{\"id\":\"i1\",\"type\":\"command_execution\",\"command\":\"ls\",\"aggregated_output\":\"\",\"exit_code\":null,\"status\":\"in_progress\"}}",
                "{\"type\":\"item.completed\",\"item\":{\"id\":\"i1\",\"type\":\"command_execution\",\"command\":\"ls\",\"aggregated_output\":\"a\\n\",\"exit_code\":2,\"status\":\"failed\"}}",
                "{\"type\":\"item.completed\",\"item\":{\"id\":\"i2\",\"type\":\"file_change\",\"changes\":[{\"path\":\""
                    + range.work
                    + "/x.txt\",\"kind\":\"add\"}],\"status\":\"completed\"}}",
                "{\"type\":\"item.updated\",\"item\":{\"id\":\"i3\",\"type\":\"todo_list\",\"items\":[{\"text\":\"one\",\"completed\":true}]}}",
                "{\"type\":\"item.completed\",\"item\":{\"id\":\"i4\",\"type\":\"agent_message\",\"text\":\"All done.\"}}",
                "{\"type\":\"never.heard.of\",\"a\":1}",
                DONE));

    assertThat(result).isInstanceOf(TurnResult.Completed.class);
    assertThat(((TurnResult.Completed) result).usage().inputTokens()).isEqualTo(30);
    assertThat(told.text()).isEqualTo("All done.");
    assertThat(told.reasoning()).isEqualTo("hm");
    assertThat(told.tool("i1").status()).isEqualTo(Item.Status.FAILED);
    assertThat(told.tool("i1").output()).isEqualTo("a\n");
    assertThat(told.tool("i1").tool().exitCode()).isEqualTo(2);
    assertThat(told.tool("i2").tool().paths()).containsExactly("x.txt");
    assertThat(told.first(AgentEvent.Plan.class).entries())
        .containsExactly(new Item.PlanEntry("one", "completed", null));
    assertThat(told.first(AgentEvent.Unknown.class).type()).isEqualTo("never.heard.of");
  }

  @Test
  void R_DRV_4_theLinesOfClaudePrintMeanWhatTheyMeanToTheWarmDriver() throws Exception {
    var told = new Told();
    var thread =
        thread(
            ExecDriver.claude(range.launching),
            command.doing(
                "exec-claude",
                prints(
                    "{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"cc-1\"}",
                    "{\"type\":\"assistant\",\"session_id\":\"cc-1\",\"message\":{\"id\":\"m1\",\"content\":[{\"type\":\"text\",\"text\":\"Hello.\"}]}}",
                    "{\"session_id\":\"cc-1\",\"is_error\":false,\"usage\":{\"input_tokens\":5,\"output_tokens\":3},\"total_cost_usd\":0.25,\"type\":\"result\",\"subtype\":\"success\",\"result\":\"Hello.\"}")));
    var result = (TurnResult.Completed) say(thread, "hi", told);

    assertThat(told.text()).isEqualTo("Hello.");
    assertThat(result.usage().cost()).isEqualTo(0.25);
    assertThat(thread.nativeId()).isEqualTo("cc-1");
    say(thread, "again", new Told());
    assertThat(command.arguments().getFirst())
        .startsWith("-p --output-format stream-json")
        .doesNotContain("--resume");
    assertThat(command.arguments().getLast()).endsWith("--resume cc-1");
  }

  @Test
  void anErrorOfTheModelsServerIsAFailureWhateverItsSubtypeSays() throws Exception {
    var thread =
        thread(
            ExecDriver.claude(range.launching),
            command.doing(
                "exec-claude",
                prints(
                    "{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":true,\"result\":\"API Error: 401 unauthorized\",\"session_id\":\"cc-1\"}")));
    var failed = (TurnResult.Failed) say(thread, "hi", new Told());
    assertThat(failed.problem().code()).isEqualTo("login");
  }

  @Test
  void theSecondTurnGoesOnWithTheConversationInAnotherProcess() throws Exception {
    var thread = codexThread(prints(BEGAN, DONE));
    assertThat(thread.nativeId()).isEmpty();
    say(thread, "one", new Told());
    assertThat(thread.nativeId()).isEqualTo("th-1");
    say(thread, "two", new Told());

    assertThat(command.arguments())
        .containsExactly(
            "exec --json --skip-git-repo-check --sandbox workspace-write -",
            "exec --json --skip-git-repo-check --sandbox workspace-write resume th-1 -");
    assertThat(command.prompt()).isEqualTo("two");
    assertThat(thread.process().pid()).isZero();
    assertThat(ExecDriver.codex(range.launching).keeping()).isEqualTo(Keeping.NOTHING);
  }

  @Test
  void aConversationThatOnlyReadsStaysSoWhateverModeIsChosen() throws Exception {
    var agent = command.doing("exec-codex", prints(BEGAN, DONE));
    var process = ExecDriver.codex(range.launching).start(agent, launch());
    var settings = new TurnSettings("big", "danger-full-access", "high");
    process
        .open(ThreadSettings.readOnly(range.work))
        .prompt(range.ids.turn(), new Prompt("x", List.of()), settings, new Told());

    assertThat(command.arguments().getFirst())
        .isEqualTo(
            "exec --json --skip-git-repo-check --sandbox read-only --model big --config model_reasoning_effort=\"high\" -");
  }

  @Test
  void aLongPromptArrivesExactly() throws Exception {
    var text = "–x'$`\\\n".repeat(50_000) + "no line end";
    say(codexThread(prints(BEGAN, DONE)), text, new Told());
    assertThat(command.prompt()).isEqualTo(text);
  }

  @Test
  void aFailedTurnSaysWhy() throws Exception {
    var result =
        codex(
            new Told(),
            prints(
                BEGAN,
                "{\"type\":\"error\",\"message\":\"429 too many requests\"}",
                "{\"type\":\"turn.failed\",\"error\":{\"message\":\"429 too many requests\"}}"));
    assertThat(((TurnResult.Failed) result).problem().code()).isEqualTo("rate-limit");
  }

  @Test
  void R_LIFE_2_aCommandThatEndsWithoutAWordHasCrashed() throws Exception {
    var thread = codexThread(prints(BEGAN) + "\necho 'out of luck' >&2; exit 3");
    var e = catchThrowableOfType(AgentUnavailable.class, () -> say(thread, "x", new Told()));
    assertThat(e.problem().code()).isEqualTo("crash");
    assertThat(e.problem().detail()).contains("exit code 3");
    assertThat(e.problem().stderr()).contains("out of luck");
  }

  @Test
  void R_LIFE_9_aConversationTheCommandDoesNotKnowIsBegunAnewAndThatIsSaid() throws Exception {
    var agent =
        command.doing(
            "exec-codex",
            "case \"$*\" in *resume*) echo 'Error: no rollout found for thread id x' >&2; exit 1;; esac\n"
                + prints(BEGAN, DONE));
    var thread =
        ExecDriver.codex(range.launching)
            .start(agent, launch())
            .resume("gone", ThreadSettings.writing(range.work));
    var told = new Told();
    assertThat(say(thread, "x", told)).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.first(AgentEvent.Notice.class).code()).isEqualTo("memory-lost");
    assertThat(thread.nativeId()).isEqualTo("th-1");
  }

  @Test
  void R_INT_1_anInterruptEndsTheCommandAndTheNextTurnWorks() throws Exception {
    var thread = codexThread(prints(BEGAN) + "\n[ $TURN = 1 ] && exec sleep 600\n" + prints(DONE));
    var turn = range.ids.turn();
    var told = new Told();
    var asking = Asking.prompt(thread, turn, "x", told);
    await().until(() -> range.alive() > 0 && thread.process().pid() > 0);
    thread.interrupt(turn);
    assertThat(asking.end()).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(say(thread, "y", new Told())).isInstanceOf(TurnResult.Completed.class);
  }

  @Test
  void R_INT_9_aTurnInterruptedBeforeItBeganStartsNothing() throws Exception {
    var thread = codexThread(prints(BEGAN, DONE));
    var turn = range.ids.turn();
    thread.interrupt(turn);
    assertThat(Asking.prompt(thread, turn, "x", new Told()).end())
        .isInstanceOf(TurnResult.Cancelled.class);
    assertThat(folder.resolve("arguments")).doesNotExist();
  }

  @Test
  void closingTheProcessEndsWhatRunsAndSaysThatItWasIntended() throws Exception {
    var thread = codexThread("exec sleep 600");
    var asking = Asking.prompt(thread, range.ids.turn(), "x", new Told());
    await().until(() -> thread.process().pid() > 0);
    var ended = new java.util.concurrent.atomic.AtomicInteger();
    thread.process().onEnd(end -> ended.addAndGet(end.intended() ? 1 : 100));
    thread.process().close();
    thread.process().close();

    assertThat(catchThrowableOfType(AgentUnavailable.class, asking::end)).isNotNull();
    await().until(() -> ended.get() == 1);
    assertThat(thread.process().alive()).isFalse();
  }

  @Test
  void imagesAreRefusedInPlainWords() throws Exception {
    var image = new Prompt.Image(folder.resolve("x.png"), "image/png");
    var result =
        codexThread(prints(BEGAN, DONE))
            .prompt(range.ids.turn(), new Prompt("x", List.of(image)), Asking.AS_IS, new Told());
    assertThat(((TurnResult.Failed) result).problem().detail()).contains("takes no images");
    assertThat(folder.resolve("arguments")).doesNotExist();
  }

  @Test
  void R_DRV_12_aProbeFindsTheVersionWithoutATurn() throws Exception {
    var agent = command.doing("exec-codex", prints(BEGAN, DONE));
    var probe = ExecDriver.codex(range.launching).probe(agent);
    assertThat(probe.ready()).isTrue();
    assertThat(probe.version()).isEqualTo("1.2.3");
    assertThat(folder.resolve("arguments")).doesNotExist();

    var missing =
        new Agent(
            "gone",
            "Gone",
            "exec-codex",
            List.of("no-such"),
            Map.of(),
            List.of(),
            "get it",
            null,
            true);
    var not = ExecDriver.codex(range.launching).probe(missing);
    assertThat(not.ready()).isFalse();
    assertThat(not.reason()).contains("get it");
  }

  @Test
  void R_WARM_5_aOneShotRunTakesSuchADriverLikeAnyOther() throws Exception {
    var agent =
        command.doing(
            "exec-codex",
            prints(
                BEGAN,
                "{\"type\":\"item.completed\",\"item\":{\"id\":\"i\",\"type\":\"agent_message\",\"text\":\"42\"}}",
                DONE));
    var told = new Told();
    var order =
        new OneShot.Order(
            agent,
            launch(),
            ThreadSettings.writing(range.work),
            range.ids.turn(),
            new Prompt("x", List.of()),
            Asking.AS_IS);
    assertThat(new OneShot(ExecDriver.codex(range.launching), order).run(told))
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(told.text()).isEqualTo("42");
  }

  private TurnResult codex(Told told, String then) throws Exception {
    return say(codexThread(then), "x", told);
  }

  private AgentThread codexThread(String then) throws Exception {
    return thread(ExecDriver.codex(range.launching), command.doing("exec-codex", then));
  }

  private AgentThread thread(AgentDriver driver, Agent agent) throws Exception {
    return driver.start(agent, launch()).open(ThreadSettings.writing(range.work));
  }

  private Launch launch() {
    return new Launch(range.work, range.work, Map.of());
  }

  private TurnResult say(AgentThread thread, String text, Told told) throws Exception {
    return Asking.prompt(thread, range.ids.turn(), text, told).end();
  }
}
