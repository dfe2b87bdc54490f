package dev.signalbox.practice;

import static dev.signalbox.practice.AcpClient.choose;
import static dev.signalbox.practice.AcpClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.jsonrpc.Call;
import dev.signalbox.jsonrpc.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The practice agent does what its help says, asks before it changes anything, and ends at once
/// when it is told to.
@Timeout(120)
class PracticeAgentTest {
  private static AcpClient agent;
  @TempDir Path temp;
  private Path folder;
  private Path outside;

  @BeforeAll
  static void start() throws Exception {
    agent = AcpClient.start();
    agent.introduce();
  }

  @AfterAll
  static void stop() {
    agent.close();
  }

  @BeforeEach
  void open() throws Exception {
    folder = Files.createDirectories(temp.resolve("work"));
    outside = Files.writeString(temp.resolve("outside.txt"), "not yours");
    agent.converseIn(folder);
  }

  @Test
  void saysWhatItIsAndWhatItUnderstands() throws Exception {
    assertThat(agent.introduce().at("/agentInfo/title").asString()).isEqualTo("Practice agent");

    var help = agent.say("help");

    assertThat(help.text())
        .contains("not a language model")
        .contains(
            "`help`",
            "`list [DIR]`",
            "`read FILE`",
            "`write FILE TEXT`",
            "`run COMMAND`",
            "`plan`",
            "`ask QUESTION`",
            "`think TEXT`",
            "`count N`");
  }

  @Test
  void offersItsCommandsToWhoeverOpensAConversation() {
    await()
        .untilAsserted(() ->
            assertThat(agent.announced())
                .containsExactly(
                    "help", "list", "read", "write", "run", "plan", "ask", "think", "count"));
  }

  @Test
  void listsAFolder() throws Exception {
    Files.writeString(folder.resolve("b.txt"), "");
    Files.createDirectories(folder.resolve("a"));

    var listed = agent.say("list");
    assertThat(listed.text()).contains("- a/\n", "- b.txt\n");
    assertThat(listed.toolStatus()).isEqualTo("completed");
    assertThat(agent.say("list a").text()).contains("`a` is empty");
    var missing = agent.say("list nowhere");
    assertThat(missing.text()).isEqualTo("`nowhere` is not a folder.");
    assertThat(missing.toolStatus()).isEqualTo("failed");
  }

  @Test
  void readsAFile() throws Exception {
    Files.writeString(folder.resolve("with space.txt"), "汉字\nsecond\n");
    Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    Files.writeString(folder.resolve("large"), "x".repeat((256 << 10) + 1));

    assertThat(agent.say("read \"with space.txt\"").text()).contains("汉字\nsecond\n");
    assertThat(agent.say("read missing.txt").text()).isEqualTo("There is no file `missing.txt`.");
    assertThat(agent.say("read binary").text()).contains("not UTF-8");
    assertThat(agent.say("read large").text()).contains("larger than");
    assertThat(agent.asks()).as("reading needs no permission").isFalse();
  }

  @Test
  void writesAFileOnlyOnceItWasAllowed() throws Exception {
    var writes = agent.begin("write sub/made.txt two words");
    var ask = agent.ask();

    assertThat(folder.resolve("sub")).doesNotExist();
    assertThat(ask.params().at("/toolCall/kind").asString()).isEqualTo("edit");
    assertThat(ask.params().at("/toolCall/content/0/newText").asString()).isEqualTo("two words\n");
    assertThat(kinds(ask)).containsExactly("allow_once", "reject_once");
    choose(ask, "allow");

    assertThat(writes.end()).isEqualTo("end_turn");
    assertThat(folder.resolve("sub/made.txt")).hasContent("two words\n");
    assertThat(writes.toolStatus()).isEqualTo("completed");
  }

  @Test
  void showsWhatWasInAFileItIsAboutToReplace() throws Exception {
    var file = Files.writeString(folder.resolve("a.txt"), "before");

    var writes = agent.begin("write a.txt after");
    var ask = agent.ask();
    assertThat(ask.params().at("/toolCall/content/0/oldText").asString()).isEqualTo("before");
    choose(ask, "reject");

    writes.end();
    assertThat(file).hasContent("before");
  }

  @ParameterizedTest
  @ValueSource(strings = {"write no.txt text", "run touch no.txt"})
  void doesNothingThatWasRefused(String command) throws Exception {
    var refused = agent.begin(command);
    choose(agent.ask(), "reject");

    assertThat(refused.end()).isEqualTo("end_turn");
    assertThat(refused.text()).isEqualTo("You did not allow it, so I did nothing.");
    assertThat(refused.toolStatus()).isEqualTo("failed");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void runsACommandOnceItWasAllowedAndShowsItsOutputAndEnd() throws Exception {
    var runs = agent.begin("run pwd; echo to-stderr >&2; touch made.txt; exit 3");
    var ask = agent.ask();
    assertThat(folder).isEmptyDirectory();
    assertThat(ask.params().at("/toolCall/rawInput/command").asString()).contains("exit 3");
    choose(ask, "allow");

    assertThat(runs.end()).isEqualTo("end_turn");
    assertThat(folder.resolve("made.txt")).exists();
    var last = runs.told("tool_call_update").getLast();
    assertThat(last.path("status").asString()).isEqualTo("failed");
    assertThat(last.at("/rawOutput/exitCode").asInt()).isEqualTo(3);
    assertThat(last.at("/content/0/content/text").asString())
        .contains(folder.toRealPath().toString(), "to-stderr");
    assertThat(runs.text()).contains("exit code 3");
  }

  @Test
  void worksThroughAPlan() throws Exception {
    var plans = agent.say("plan").told("plan");

    assertThat(plans.getFirst().at("/entries/0/status").asString()).isEqualTo("in_progress");
    assertThat(plans.getLast().path("entries"))
        .hasSize(3)
        .allSatisfy(entry -> assertThat(entry.path("status").asString()).isEqualTo("completed"));
  }

  @ParameterizedTest
  @CsvSource({"allow, Yes", "reject, No"})
  void asksAndRepeatsTheAnswer(String option, String answer) throws Exception {
    var asked = agent.begin("ask Shall we?");
    var ask = agent.ask();
    assertThat(ask.params().at("/toolCall/title").asString()).isEqualTo("Shall we?");
    choose(ask, option);

    assertThat(asked.end()).isEqualTo("end_turn");
    assertThat(asked.text()).isEqualTo("To \"Shall we?\" you answered: " + answer + ".");
  }

  @Test
  void thinksAloud() throws Exception {
    var thinks = agent.say("think one two  three");

    assertThat(thinks.thoughts()).isEqualTo("one two  three");
    assertThat(thinks.text()).isEqualTo("I thought that through.");
  }

  @Test
  void counts() throws Exception {
    var counts = agent.say("/COUNT 3");

    assertThat(counts.text()).isEqualTo("1\n2\n3\n");
    assertThat(counts.told("agent_message_chunk")).as("one by one").hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "refactor everything|`refactor`",
        "帮我|`帮我`",
        "count many|whole number",
        "count 0|whole number",
        "read|`read FILE`",
        "write a.txt|`write FILE TEXT`",
        "run|`run COMMAND`",
        "ask|`ask QUESTION`",
        "think|`think TEXT`",
      })
  void answersPlainlyWhatItCannotDo(String prompt, String says) throws Exception {
    var answer = agent.begin(prompt);

    assertThat(answer.end()).isEqualTo("end_turn");
    assertThat(answer.text()).contains(says);
    assertThat(agent.asks()).isFalse();
  }

  static Stream<String> waysOut() {
    return Stream.of("../outside.txt", "OUTSIDE", "link", "sub/../../outside.txt", "dangling")
        .flatMap(path -> Stream.of("read " + path, "list " + path, "write " + path + " mine"));
  }

  @ParameterizedTest
  @MethodSource("waysOut")
  void neverLeavesItsFolder(String command) throws Exception {
    Files.createSymbolicLink(folder.resolve("link"), outside);
    Files.createSymbolicLink(folder.resolve("dangling"), temp.resolve("not-there"));

    var answer = agent.say(command.replace("OUTSIDE", outside.toString()));

    assertThat(answer.text())
        .endsWith("is outside of the working directory, which I do not leave.")
        .doesNotContain("not yours");
    assertThat(agent.asks()).as("it is not even asked for").isFalse();
    assertThat(outside).hasContent("not yours");
    assertThat(temp.resolve("not-there")).doesNotExist();
  }

  @Test
  void aCancelEndsTheCountAndTheNextPromptIsAnswered() throws Exception {
    var counts = agent.begin("count 100000");
    await().until(() -> counts.text().startsWith("1\n2\n"));

    agent.cancel();

    assertThat(counts.end()).isEqualTo("cancelled");
    var next = agent.say("count 1");
    assertThat(next.text()).isEqualTo("1\n");
  }

  @Test
  void aCancelKillsTheCommandAndItsChildren() throws Exception {
    var runs = agent.begin("run echo begun; echo $$ >parent; sleep 300 & echo $! >child; wait");
    choose(agent.ask(), "allow");
    await().until(() -> pid("child") > 0);
    var pids = List.of(pid("parent"), pid("child"));
    assertThat(pids).allMatch(PracticeAgentTest::lives);

    agent.cancel();

    assertThat(runs.end()).isEqualTo("cancelled");
    await().untilAsserted(() -> assertThat(pids).noneMatch(PracticeAgentTest::lives));
    assertThat(runs.toolStatus()).isEqualTo("failed");
    assertThat(runs.told("tool_call_update").getLast().at("/content/0/content/text").asString())
        .contains("begun");
  }

  @ParameterizedTest
  @ValueSource(strings = {"write no.txt text", "run touch no.txt", "ask Well?"})
  void aCancelEndsATurnThatWaitsForAnAnswer(String command) throws Exception {
    var asks = agent.begin(command);
    var ask = agent.ask();

    agent.cancel();

    assertThat(asks.end()).isEqualTo("cancelled");
    choose(ask, "allow"); // too late
    assertThat(agent.say("list").text()).isEqualTo("`.` is empty.");
  }

  @Test
  void takesOnePromptAtATimeAndOneConversationDoesNotKnowTheOther() throws Exception {
    var counts = agent.begin("count 100000");
    await().until(() -> counts.text().startsWith("1\n"));

    assertThat(agent.begin("help").refused()).contains("A turn is running");

    agent.cancel();
    assertThat(counts.end()).isEqualTo("cancelled");
    assertThat(agent.reply("session/prompt", object().put("sessionId", "nobody")))
        .isInstanceOfSatisfying(
            Reply.Refused.class, refused -> assertThat(refused.message()).contains("nobody"));
    assertThat(agent.reply("session/new", object().put("cwd", temp.resolve("gone").toString())))
        .isInstanceOf(Reply.Refused.class);
    assertThat(agent.reply("session/load", object())).isInstanceOf(Reply.Refused.class);
  }

  private static List<String> kinds(Call ask) {
    var options = ask.params().path("options");
    return IntStream.range(0, options.size())
        .mapToObj(i -> options.get(i).path("kind").asString())
        .toList();
  }

  private long pid(String file) throws IOException {
    var path = folder.resolve(file);
    var text = Files.exists(path) ? Files.readString(path).strip() : "";
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  private static boolean lives(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
