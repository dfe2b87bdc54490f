package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/// Calls that make no sense: exit code 2 and one line that says what to do, whether or not a server
/// runs, and nothing on the disk.
class WrongCallsTest {
  static final List<String> COMMANDS = Arguments.COMMANDS;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nonsense                           | There is no command "nonsense".
          ls --nonsense                      | signalbox ls has no option "--nonsense"
          ls extra                           | signalbox ls does not take "extra"
          --no-open ls                       | signalbox up does not take "ls"
          send                               | Missing required parameter
          send hello                         | --session S or --project PATH
          send hello --session a --project b | --session S or --project PATH
          send hello --session a --new       | --project PATH
          send - --session a                 | standard input had nothing in it
          send -x --session a                | put -- before a text that begins with -
          send two words --session a         | a text of several words needs quotes
          run                                | Give the text of the job, or one of --list
          run hello --list                   | Give the text of the job, or one of --list
          run -                              | standard input had nothing in it
          agents tset practice               | It is `signalbox agents` or `signalbox agents test NAME`
          agents test                        | It is `signalbox agents` or `signalbox agents test NAME`
          attach                             | Missing required parameter
          attach a --tail 1000               | --tail is 0 to 200, not 1000
          stop                               | Missing required parameter
          answer a                           | exactly one of an OPTION, --values JSON or --decline
          answer a b --decline               | exactly one of an OPTION, --values JSON or --decline
          up --port 70000                    | The port 70000 is not possible: use 0 to 65535
          up --port x                        | --port
          up --control maybe                 | --control is on or off, not "maybe"
          ls --context UPPER                 | use 1 to 40 of a-z, 0-9 and -
          up --data                          | --data
          """)
  void aWrongCallExitsWithTwoAndOneLineThatSaysWhatToDo(String call, String said) {
    var called = terminal().call(call.split(" "));

    assertThat(called.exit()).isEqualTo(2);
    assertThat(called.out()).isEmpty();
    assertThat(called.errLines()).singleElement().asString().contains(said);
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void anEmptyPromptIsAWrongCall() {
    var called = terminal().call("send", "", "--session", "last");

    assertThat(called.exit()).isEqualTo(2);
    assertThat(called.errLines()).singleElement().asString().contains("The prompt is empty");
  }

  @ParameterizedTest
  @CsvSource({"0.0.0.0", "::", "192.168.1.2", "example.org"})
  @Tag("R-SEC-1")
  void R_SEC_1_anAddressThatOthersCanReachIsRefusedWithTheReason(String host) {
    var called = terminal().call("up", "--host", host, "--port", "0");

    assertThat(called.exit()).isEqualTo(2);
    assertThat(called.errLines())
        .singleElement()
        .asString()
        .contains("does not listen on " + host)
        .contains("on this computer only");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "ls",
    "open",
    "down",
    "asks",
    "agents",
    "attach last",
    "stop last",
    "answer last allow",
    "send hello --session last"
  })
  void withoutAServerOneSentenceSaysHowToStartIt(String call) {
    var called = terminal().call(call.split(" "));

    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.out()).isEmpty();
    assertThat(called.errLines())
        .containsExactly(
            "Signalbox is not running (data folder %s): start it with `signalbox up`."
                .formatted(folder.resolve("data")));
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @ParameterizedTest
  @FieldSource("COMMANDS")
  void helpOfEveryCommandNamesTheOptionsThatAllTake(String command) {
    var called = terminal().call(command, "--help");

    assertThat(called.exit()).isZero();
    assertThat(called.err()).isEmpty();
    assertThat(called.out())
        .startsWith("Usage: signalbox " + command)
        .contains("--agent, --adapter=A", "--json", "--data=DIR", "--context=NAME");
    assertThat(terminal().call("help", command).out()).isEqualTo(called.out());
  }

  @Test
  void helpOfSignalboxListsAllCommandsAndNothingThatIsNotForPeople() {
    var called = terminal().call("--help");

    assertThat(called.exit()).isZero();
    assertThat(called.out()).doesNotContain("rehearse");
    assertThat(COMMANDS).allSatisfy(name -> assertThat(called.out()).contains("\n  " + name + " "));
  }

  @Test
  void aMissingHomeIsOneSentence() {
    var called = Terminal.with(Map.of()).call("ls");

    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.errLines()).singleElement().asString().contains("--data DIR");
  }

  @Test
  void aReadyFileThatCannotBeWrittenIsSaidBeforeAnythingStarts() {
    var called = terminal().call("up", "--ready-file", folder.resolve("no/where").toString());

    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.errLines()).singleElement().asString().contains("--ready-file");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void aReadyFileOfAnEarlierStartIsGoneBeforeTheNextOneBegins() throws Exception {
    var file = Files.writeString(folder.resolve("ready"), "{}");
    Files.createDirectory(folder.resolve("data"));
    Files.writeString(folder.resolve("data/config"), "a file where a folder should be");

    var called = terminal().call("up", "--detach", "--port", "0", "--ready-file", file.toString());

    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.errLines())
        .singleElement()
        .asString()
        .contains("The data folder cannot be used");
    assertThat(file).doesNotExist();
  }

  private Terminal terminal() {
    return Terminal.with(Map.of("SIGNALBOX_DATA", folder.resolve("data").toString()));
  }
}
