package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.agent.PlainAgent;
import dev.signalbox.testkit.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Follows the page `add-an-agent.md`, with an agent that nobody knows.
class AddAnAgentTest {
  private static final Path PAGE = Path.of("../docs/add-an-agent.md");
  private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @TempDir Path folder;

  @Test
  void R_DRV_3_anAgentThatIsAddedByConfigurationAloneCanBeTriedAndUsed() throws Exception {
    var page = Files.readString(PAGE);
    var config = Files.createDirectories(folder.resolve("data/config"));
    Files.writeString(config.resolve("signalbox.toml"), String.join("\n", blocks(page, "toml")));
    install(folder.resolve("home/bin/my-agent"));

    try (var server = ServerUnderTest.start(folder)) {
      var terminal = terminal(server);
      var said = new ArrayList<String>();
      for (var line : commands(page)) {
        var called = terminal.call(line.toArray(String[]::new));
        assertThat(called.exit()).as(line + ": " + called.err() + called.out()).isZero();
        said.add(called.out());
      }
      assertThat(said).hasSize(4);
      assertThat(said.getFirst()).contains("mine", "My agent", "1.2.3", "yes");
      assertThat(said.get(1)).contains("mine passes.").doesNotContain("fail").contains("resume");
      assertThat(said.get(2)).contains("heron.");
      assertThat(said.get(3)).isEqualTo("heron.\n");
    }
  }

  /// What a terminal is given, but for the starting and stopping of the server.
  private static List<List<String>> commands(String page) {
    return blocks(page, "sh").stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("signalbox "))
        .map(AddAnAgentTest::words)
        .filter(words -> !words.getFirst().equals("up") && !words.getFirst().equals("down"))
        .toList();
  }

  private static List<String> words(String line) {
    return WORD.matcher(line)
        .results()
        .skip(1)
        .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
        .toList();
  }

  private static List<String> blocks(String page, String language) {
    return BLOCK
        .matcher(page)
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  private static void install(Path program) throws IOException {
    Files.createDirectories(program.getParent());
    var command = PlainAgent.command().stream().collect(Collectors.joining("' '", "'", "'"));
    Files.writeString(program, "#!/bin/sh\nexec " + command + "\n", UTF_8);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  private static Terminal terminal(ServerUnderTest server) {
    return Terminal.with(
        Map.of(
            "SIGNALBOX_DATA", server.data().toString(),
            "HOME", server.home().toString(),
            "PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin")));
  }
}
