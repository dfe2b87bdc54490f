package dev.signalbox.agent.acp;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentProcess.NativeThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.McpServer;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.testkit.agent.Habits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// How conversations begin: with what, as a copy of which, in which mode.
@Timeout(180)
class AcpOpeningsTest {
  private static final McpServer FILES =
      new McpServer.Stdio("files", List.of("sh", "-c", "x"), Map.of("KEY", "${SECRET_OF_TEST}"));
  private static final McpServer WEB =
      new McpServer.Http(
          "web",
          "http://127.0.0.1:9/mcp",
          Map.of("Authorization", "Bearer ${SECRET_OF_TEST}", "X-Gone", "${NOBODY_SET_THIS}"));

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
  @Tag("R-DRV-8")
  void aCopyRemembersAndTheOriginalStaysAsItIs() throws Exception {
    var process = bench.start(Habits.good().also("fork"));
    var original = bench.thread(process);
    bench.run(original, script().remember("heron"));

    var copy = process.fork(original.nativeId(), bench.settings());
    bench.run(copy, script().remember("crane"));

    assertThat(copy.nativeId()).isNotEqualTo(original.nativeId());
    assertThat(bench.run(copy, script().recall()).text()).isEqualTo("heron, crane");
    assertThat(bench.run(original, script().recall()).text()).isEqualTo("heron");
  }

  @Test
  void anAgentThatDoesNotOfferCopiesIsNotAskedForOne() throws Exception {
    var process = bench.start(Habits.good());
    var thread = bench.thread(process);

    var refused =
        catchThrowableOfType(
            AgentUnavailable.class, () -> process.fork(thread.nativeId(), bench.settings()));

    assertThat(refused.problem().detail()).contains("cannot copy");
    assertThat(bench.received.messages("session/fork")).isEmpty();
  }

  @Test
  void conversationsOfAFolderAreListedNewestFirstOverAllPages() throws Exception {
    var process = bench.start(Habits.good().also("list"));
    var first = bench.thread(process);
    var elsewhere = Files.createDirectories(bench.folder.resolve("elsewhere")).toRealPath();
    process.open(ThreadSettings.writing(elsewhere));
    var last = bench.thread(process);

    var listed = process.list(bench.work());

    assertThat(listed)
        .extracting(NativeThread::nativeId)
        .containsExactly(last.nativeId(), first.nativeId());
    assertThat(listed.getFirst().title()).startsWith("Conversation");
    assertThat(listed.getFirst().updatedAt()).isNotNull();
    assertThat(bench.received.messages("session/list")).hasSize(3);
  }

  @Test
  void anAgentThatCannotListOrRefusesToListsNothing() throws Exception {
    assertThat(bench.start(Habits.good()).list(bench.work())).isEmpty();
    assertThat(bench.start(Habits.good().also("list").spoil("list", "refuse")).list(bench.work()))
        .isEmpty();
    assertThat(bench.received.messages("session/list")).hasSize(1);
  }

  @Test
  void serversOfToolsAreGivenToEveryConversationHoweverItBegins() throws Exception {
    var process = bench.start(Habits.good().also("fork").also("http"));
    var settings = new ThreadSettings(bench.work(), false, List.of(FILES, WEB));
    var thread = process.open(settings);
    process.fork(thread.nativeId(), settings);
    process.resume(thread.nativeId(), settings);

    for (var method : List.of("session/new", "session/fork", "session/resume")) {
      var servers = servers(method);
      assertThat(servers.at("/0/name").asString()).isEqualTo("files");
      assertThat(servers.at("/0/command").asString()).startsWith("/").endsWith("/sh");
      assertThat(servers.at("/0/args").toString()).isEqualTo("[\"-c\",\"x\"]");
      assertThat(servers.at("/0/env").toString())
          .isEqualTo("[{\"name\":\"KEY\",\"value\":\"s3cret\"}]");
      assertThat(servers.at("/1/type").asString()).isEqualTo("http");
      assertThat(servers.at("/1/headers").toString())
          .isEqualTo("[{\"name\":\"Authorization\",\"value\":\"Bearer s3cret\"}]");
    }
  }

  @Test
  void anAgentThatTakesNoServersByHttpIsGivenNone() throws Exception {
    var process = bench.start(Habits.good());
    process.open(new ThreadSettings(bench.work(), false, List.of(WEB, FILES)));

    assertThat(servers("session/new").size()).isEqualTo(1);
    assertThat(servers("session/new").at("/0/name").asString()).isEqualTo("files");
  }

  @Test
  @Tag("R-DRV-11")
  void aConversationBeginsInTheModeOfItsKindAndAChoiceOfTheUserCounts() throws Exception {
    var setup = Agent.Setup.modes("plan", "careful");
    var process = bench.start(Habits.good().modes("bold", "careful", "plan"), setup);

    var reader = process.open(ThreadSettings.readOnly(bench.work()));
    var writer = process.open(ThreadSettings.writing(bench.work()));

    assertThat(reader.offers().mode()).isEqualTo("plan");
    assertThat(bench.run(reader, script().whoAmI()).text()).contains("mode=plan");
    assertThat(bench.run(writer, script().whoAmI()).text()).contains("mode=careful");
    var told = new Told();
    bench.run(writer, script().whoAmI(), new TurnSettings(null, "bold", null), told);
    assertThat(told.text()).contains("mode=bold");
    assertThat(bench.run(writer, script().whoAmI()).text()).contains("mode=bold");
  }

  @Test
  void aModeTheAgentDoesNotOfferIsNotSet() throws Exception {
    var setup = Agent.Setup.modes("plan", "careful");
    var thread = bench.thread(bench.start(Habits.good().modes("bold"), setup));

    assertThat(bench.run(thread, script().whoAmI()).text()).contains("mode=bold");
    assertThat(bench.received.messages("session/set_config_option")).isEmpty();
  }

  /// Or it might write without asking.
  @Test
  void aConversationThatDoesNotTakeItsModeDoesNotBegin() throws Exception {
    var setup = Agent.Setup.modes("plan", "careful");
    var process = bench.start(Habits.good().modes("bold", "careful").spoil("set", "refuse"), setup);

    var refused = catchThrowableOfType(AgentUnavailable.class, () -> bench.thread(process));

    assertThat(refused.problem().detail()).contains("careful").contains("scripted refusal");
  }

  @Test
  void aWayInThatNeedsNobodyIsTakenWhenItIsSet() throws Exception {
    var how =
        new Agent.SignIn(
            "gateway", "http://127.0.0.1:9", Map.of("x-goog-api-key", "${SECRET_OF_TEST}"));
    var setup = new Agent.Setup(null, null, how, List.of(), null);
    var process = bench.start(Habits.good().wantsSignIn("gateway"), setup);

    assertThat(bench.run(bench.thread(process), script().say("in")).text()).isEqualTo("in");
    assertThat(bench.received.messages("authenticate").getFirst().path("params").toString())
        .isEqualTo(
            "{\"methodId\":\"gateway\",\"_meta\":{\"gateway\":{\"baseUrl\":\"http://127.0.0.1:9\","
                + "\"headers\":{\"x-goog-api-key\":\"s3cret\"}}}}");
  }

  @Test
  @Tag("R-DRV-12")
  void withoutOneTheLoginIsNamedAndNothingIsChosenForTheUser() throws Exception {
    var process = bench.start(Habits.good().wantsSignIn("gateway"));

    var refused = catchThrowableOfType(AgentUnavailable.class, () -> bench.thread(process));

    assertThat(refused.problem().code()).isEqualTo("login");
    assertThat(refused.problem().hint()).contains("scripted login");
    assertThat(bench.received.messages("authenticate")).isEmpty();
  }

  @Test
  @Tag("R-DRV-12")
  void aWayInThatIsNotOfferedIsToldWithThoseThatAre() {
    var setup =
        new Agent.Setup(null, null, new Agent.SignIn("gate", null, Map.of()), List.of(), null);

    var refused =
        catchThrowableOfType(
            AgentUnavailable.class, () -> bench.start(Habits.good().wantsSignIn("gateway"), setup));

    assertThat(refused.problem().detail()).contains("`gate`");
    assertThat(refused.problem().hint()).contains("gateway").contains("scripted-login");
  }

  private JsonNode servers(String method) {
    return bench.received.messages(method).getFirst().at("/params/mcpServers");
  }
}
