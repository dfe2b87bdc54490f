package dev.signalbox.agent.claude;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.McpServer;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.testkit.agent.Habits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How a process begins with its conversation, takes one up, and ends with it.
@Timeout(180)
class ClaudeStartTest {
  private Bench bench;
  private Habits habits;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    bench = new Bench(folder);
    habits = Habits.good().state(Files.createDirectories(folder.resolve("state")));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void nothingRunsBeforeThereIsAConversation() throws Exception {
    var process = bench.start(habits);
    assertThat(process.alive()).isTrue();
    assertThat(process.pid()).isZero();
    assertThat(bench.received.starts()).isZero();
    var ends = new ArrayBlockingQueue<Boolean>(1);
    process.onEnd(end -> ends.add(end.intended()));
    process.close();
    assertThat(ends.poll(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.alive()).isFalse();
    assertThatThrownBy(() -> process.open(bench.settings())).isInstanceOf(AgentUnavailable.class);
  }

  @Test
  void aProcessHoldsOneConversationAndEndsWithIt() throws Exception {
    var process = bench.start(habits);
    var thread = process.open(bench.settings());
    assertThat(process.version()).isEqualTo("7.7.7");
    assertThatThrownBy(() -> process.open(bench.settings()))
        .isInstanceOf(AgentUnavailable.class)
        .hasMessageContaining("one conversation");
    assertThat(bench.run(thread, script().say("still here")).text()).isEqualTo("still here");
    var ends = new ArrayBlockingQueue<Boolean>(1);
    process.onEnd(end -> ends.add(end.intended()));
    thread.close();
    assertThat(process.alive()).isFalse();
    assertThat(ends.poll(30, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "silent, agent-unavailable, did not answer",
    "crash, crash, exit code 7",
    "refuse, agent-error, scripted refusal",
    "login, login, logged in"
  })
  void R_WARM_9_aStartThatFailsSaysWhyAndAnotherOneIsTried(String way, String code, String words)
      throws Exception {
    var process = bench.start(habits.spoil("initialize", way), Bench.SHORT_OPEN);
    var failed = catchThrowableOfType(AgentUnavailable.class, () -> process.open(bench.settings()));
    assertThat(failed.problem().code()).isEqualTo(code);
    assertThat(failed.problem().detail()).contains(words);
    assertThat(process.pid()).as("what was started is ended").isZero();
    assertThat(process.alive()).isTrue();
    assertThatThrownBy(() -> process.open(bench.settings())).isInstanceOf(AgentUnavailable.class);
    assertThat(bench.received.starts()).isEqualTo(2);
  }

  @Test
  void R_LIFE_8_aConversationIsTakenUpWithItsMemory() throws Exception {
    var id = remembering();
    var thread = bench.start(habits).resume(id, bench.settings());
    assertThat(thread.nativeId()).isEqualTo(id);
    var told = bench.run(thread, script().recall());
    assertThat(told.text()).isEqualTo("walrus");
    assertThat(thread.nativeId()).isEqualTo(id);
  }

  @Test
  void aCopyRemembersAndHasAnIdOfItsOwn() throws Exception {
    var id = remembering();
    var thread = bench.start(habits).fork(id, bench.settings());
    assertThat(thread.nativeId()).isNotEqualTo(id);
    assertThat(bench.run(thread, script().recall().remember("heron")).text()).isEqualTo("walrus");
    assertThat(
            bench.run(bench.start(habits).resume(id, bench.settings()), script().recall()).text())
        .isEqualTo("walrus");
  }

  @Test
  void R_LIFE_9_aConversationNobodyKnowsLeavesRoomForANewOne() throws Exception {
    var process = bench.start(habits);
    assertThatThrownBy(() -> process.resume("99999999-0000", bench.settings()))
        .isInstanceOfSatisfying(
            AgentUnavailable.class,
            e -> assertThat(e.problem().detail()).contains("does not know the earlier"));
    assertThat(process.alive()).isTrue();
    assertThat(bench.run(process.open(bench.settings()), script().say("new")).text())
        .isEqualTo("new");
  }

  @Test
  void R_LIFE_9_oneThatHangsWhenItTakesUpIsGivenUpInTime() throws Exception {
    var process = bench.start(habits.spoil("resume", "silent"), Bench.SHORT_RESUME);
    assertThatThrownBy(() -> process.resume("99999999-0000", bench.settings()))
        .isInstanceOf(AgentUnavailable.class)
        .hasMessageContaining("did not answer");
    assertThat(process.alive()).isTrue();
  }

  @Test
  void R_LIFE_9_oneThatGoesOnInAnotherConversationIsFoundOut() throws Exception {
    var process = bench.start(habits.spoil("resume", "other"));
    var thread = process.resume("99999999-0000", bench.settings());
    var told = new Told();
    var prompt =
        new Prompt(
            script().say("without").sleep(300).say("memory").prompt(),
            List.of(),
            () -> script().say("told what happened").prompt());
    var end = Asking.prompt(thread, bench.turn(), prompt, Asking.AS_IS, told).end();
    assertThat(end).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.first(AgentEvent.Notice.class).code()).isEqualTo("memory-lost");
    assertThat(told.text()).isEqualTo("told what happened");
    assertThat(thread.nativeId()).isNotEqualTo("99999999-0000");
  }

  @Test
  void R_LIFE_1_aConversationIsTakenUpAfterAKillInMidTurn() throws Exception {
    var id = remembering();
    var process = bench.start(habits);
    var told = new Told();
    var thread = process.resume(id, bench.settings());
    var streams = bench.begin(thread, bench.turn(), script().count(1_000, 20), told);
    told.first(AgentEvent.Text.class);
    ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
    assertThatThrownBy(streams::end).isInstanceOf(AgentUnavailable.class);
    assertThat(process.alive()).isFalse();
    assertThat(
            bench.run(bench.start(habits).resume(id, bench.settings()), script().recall()).text())
        .isEqualTo("walrus");
  }

  @Test
  void anIdThatLooksLikeAnArgumentIsNoneOfIts() throws Exception {
    var process = bench.start(habits);
    assertThatThrownBy(() -> process.resume("--settings={}", bench.settings()))
        .isInstanceOf(AgentUnavailable.class)
        .hasMessageContaining("no conversation of that name");
    assertThat(bench.received.starts()).isZero();
  }

  @Test
  void R_DRV_11_modelModeAndEffortAreSetBeforeATurn() throws Exception {
    var thread = bench.thread(habits.models("big", "small", "plain"));
    assertThat(thread.offers().model()).isEqualTo("big");
    assertThat(thread.offers().efforts()).extracting("id").containsExactly("low", "high");
    var told = new Told();
    bench.end(thread, script().whoAmI(), new TurnSettings("small", "acceptEdits", "high"), told);
    assertThat(told.text()).contains("model=small mode=acceptEdits effort=high");
    bench.end(thread, script().whoAmI(), new TurnSettings("small", "acceptEdits", "high"), told);
    assertThat(bench.requests("set_model")).as("what is set is not set again").hasSize(1);

    var plain = new Told();
    bench.end(thread, script().whoAmI(), new TurnSettings("plain", null, "medium"), plain);
    assertThat(plain.text()).contains("model=plain").contains("effort=thinking 10000");
    assertThat(bench.end(thread, script(), new TurnSettings(null, null, "huge"), new Told()))
        .isInstanceOfSatisfying(
            TurnResult.Failed.class,
            failed -> assertThat(failed.problem().hint()).contains("medium"));
    assertThat(bench.end(thread, script(), new TurnSettings(null, "bypassPermissions", null), told))
        .isInstanceOf(TurnResult.Failed.class);
  }

  @Test
  void mcpServersGoOverTheLineAndNotIntoTheArguments() throws Exception {
    var servers =
        List.<McpServer>of(
            new McpServer.Stdio("tiny", List.of("tiny-server", "-x"), Map.of("TOKEN", "${KEY}")),
            new McpServer.Http("broken", "http://127.0.0.1:1/", Map.of("X", "y")));
    var process = bench.start(habits);
    var thread = process.open(new ThreadSettings(bench.work(), false, servers));
    var told = bench.run(thread, script().say("x"));
    var sent = bench.requests("mcp_set_servers").getFirst().path("servers");
    assertThat(sent.at("/tiny/command").asString()).isEqualTo("tiny-server");
    assertThat(sent.at("/tiny/env/TOKEN").asString()).isEqualTo("s3cret");
    assertThat(sent.at("/broken/type").asString()).isEqualTo("http");
    assertThat(Files.readString(bench.folder.resolve("received")).lines().findFirst().orElse(""))
        .contains("--permission-mode")
        .doesNotContain("s3cret");
    assertThat(told.all(AgentEvent.Notice.class))
        .singleElement()
        .satisfies(notice -> assertThat(notice.detail()).contains("broken"));
  }

  @Test
  void imagesGoWithTheText() throws Exception {
    var image = Files.write(bench.work().resolve("a.png"), new byte[] {1, 2, 3});
    var told = new Told();
    var prompt = new Prompt("look", List.of(new Prompt.Image(image, "image/png")));
    Asking.prompt(bench.thread(habits), bench.turn(), prompt, Asking.AS_IS, told).end();
    assertThat(told.text()).isEqualTo("heard 4 characters and 1 images");
    var source = bench.received.messages().getLast().at("/message/content/1/source");
    assertThat(source.path("data").asString()).isEqualTo("AQID");
    assertThat(source.path("media_type").asString()).isEqualTo("image/png");
  }

  @Test
  void aTakenUpConversationTellsHowFullItIs() throws Exception {
    var thread = bench.start(habits).resume(remembering(), bench.settings());
    var heard = new ArrayBlockingQueue<AgentEvent.UsageReported>(4);
    thread.outside(event -> {
      if (event instanceof AgentEvent.UsageReported usage) {
        heard.add(usage);
      }
    });
    var usage = heard.poll(30, TimeUnit.SECONDS);
    assertThat(usage).isNotNull();
    assertThat(usage.usage().contextUsed()).isEqualTo(1_234);
    assertThat(usage.ofTurn()).isFalse();
  }

  private String remembering() throws Exception {
    var process = bench.start(habits);
    var thread = process.open(bench.settings());
    bench.run(thread, script().remember("walrus"));
    process.close();
    return thread.nativeId();
  }
}
