package dev.signalbox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  @TempDir Path temp;
  private DataFolder folder;

  @BeforeEach
  void locate() {
    folder = DataFolder.locate(temp.toString(), Map.of());
    folder.prepare();
  }

  @Test
  void withoutFilesEverythingHasItsDefault() {
    assertThat(Settings.load(folder))
        .isEqualTo(
            new Settings(8, null, Settings.ProcessSettings.NONE, Map.of(), Map.of(), List.of()));
  }

  @Test
  void R_DRV_3_anAgentIsAddedByConfigurationOnly() throws IOException {
    toml(
        """
        turnsInFlight = 2
        turnTimeLimit = "90s"

        [agents.mine]
        title = "My agent"
        command = "~/bin/mine"
        args = ["acp", "--fast"]
        env = { LEVEL = "3" }
        install = "npm i -g mine"

        [agents.goose]
        enabled = false
        """);

    var settings = Settings.load(folder);

    assertThat(settings.turnsInFlight()).isEqualTo(2);
    assertThat(settings.turnTimeLimit()).isEqualTo(Duration.ofSeconds(90));
    assertThat(settings.unknown()).isEmpty();
    var mine = settings.agents().get("mine");
    assertThat(mine.command()).isEqualTo("~/bin/mine");
    assertThat(mine.args()).containsExactly("acp", "--fast");
    assertThat(mine.env()).containsExactly(Map.entry("LEVEL", "3"));
    assertThat(mine.enabled()).isNull();
    assertThat(settings.agents().get("goose").enabled()).isFalse();
    assertThat(settings.agents().get("goose").command()).isNull();
  }

  @Test
  void anAgentsModesAndWayInAndTheServersOfToolsAreSet() throws IOException {
    toml(
        """
        [agents.gemini]
        modes = { readOnly = "plan", writing = "autoEdit" }
        authenticate = { method = "gateway", url = "http://gate", headers = { "x-key" = "${KEY}" } }

        [mcp.files]
        command = "mcp-files"
        args = ["--root", "/x"]
        env = { LEVEL = "3" }
        agents = ["gemini", "qwen"]

        [mcp.web]
        url = "http://127.0.0.1:9/mcp"
        headers = { Authorization = "Bearer ${TOKEN}" }
        """);

    var settings = Settings.load(folder);

    assertThat(settings.unknown()).isEmpty();
    var gemini = settings.agents().get("gemini");
    assertThat(gemini.modes()).isEqualTo(new Settings.ModeSettings("plan", "autoEdit"));
    assertThat(gemini.authenticate())
        .isEqualTo(
            new Settings.SignInSettings("gateway", "http://gate", Map.of("x-key", "${KEY}")));
    assertThat(settings.mcp().get("files"))
        .isEqualTo(
            new Settings.McpSettings(
                "mcp-files",
                List.of("--root", "/x"),
                Map.of("LEVEL", "3"),
                null,
                Map.of(),
                List.of("gemini", "qwen")));
    assertThat(settings.mcp().get("web").url()).isEqualTo("http://127.0.0.1:9/mcp");
    assertThat(settings.mcp().get("web").agents()).isNull();
  }

  @Test
  void whatTheInterfaceSetWinsValueByValueAndTheUsersFileStaysAsItIs() throws IOException {
    var written =
        toml(
            """
            turnsInFlight = 2 # mine
            [agents.goose]
            enabled = true
            args = ["acp"]
            """);
    json("{\"turnsInFlight\":4,\"agents\":{\"goose\":{\"enabled\":false}}}");

    var settings = Settings.load(folder);

    assertThat(settings.turnsInFlight()).isEqualTo(4);
    assertThat(settings.agents().get("goose").enabled()).isFalse();
    assertThat(settings.agents().get("goose").args()).containsExactly("acp");
    assertThat(folder.config().resolve("signalbox.toml")).hasContent(written);
  }

  @Test
  void aMisspeltSettingIsNamed() throws IOException {
    toml("turnsInflight = 2\n[agents.a]\ncomand = \"a\"");
    assertThat(Settings.load(folder).unknown()).containsExactly("turnsInflight", "agents.a.comand");
  }

  @Test
  void aMalformedFileIsRefusedWithItsPlace() throws IOException {
    toml("turnsInFlight = 2\nagents = [\n");
    assertThatThrownBy(() -> Settings.load(folder))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("signalbox.toml, line ");
    toml("");
    json("[1]");
    assertThatThrownBy(() -> Settings.load(folder)).hasMessageContaining("settings.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          turnsInFlight = 0             | turnsInFlight
          turnsInFlight = 65            | turnsInFlight
          turnsInFlight = "8"           | turnsInFlight
          turnTimeLimit = "soon"        | turnTimeLimit
          turnTimeLimit = 5             | turnTimeLimit
          agents = 1                    | agents
          agents.A.command = "a"        | agents.A
          agents.a = "x"                | agents.a
          agents.a.command = ""         | agents.a.command
          agents.a.args = "x"           | agents.a.args
          agents.a.args = [1]           | agents.a.args
          agents.a.env.K = 1            | agents.a.env.K
          agents.a.enabled = "yes"      | agents.a.enabled
          agents.a.modes = "plan"       | agents.a.modes
          agents.a.authenticate.url="x" | agents.a.authenticate
          mcp.a.args = []               | mcp.a
          mcp.a = {command="a",url="b"} | mcp.a
          mcp.A.command = "a"           | mcp.A
          mcp.a = {url="b",agents="c"}  | mcp.a.agents
          """)
  void aWrongValueIsRefusedByName(String line, String path) throws IOException {
    toml(line);
    assertThatThrownBy(() -> Settings.load(folder))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("The setting " + path + " ");
  }

  @Test
  void aWrongValueIsNotRepeatedBecauseItMayBeASecret() throws IOException {
    toml("agents.a.env = \"sk-secret\"");
    assertThatThrownBy(() -> Settings.load(folder))
        .isInstanceOf(Refused.class)
        .message()
        .doesNotContain("sk-secret");
  }

  private String toml(String text) throws IOException {
    Files.writeString(folder.config().resolve("signalbox.toml"), text);
    return text;
  }

  private void json(String text) throws IOException {
    Files.writeString(folder.config().resolve("settings.json"), text);
  }
}
