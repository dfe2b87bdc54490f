package dev.signalbox.agent.acp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Item;
import dev.signalbox.event.Usage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The mapping table of the requirements' appendix, and the shapes real agents send.
@Tag("R-DRV-4")
class UpdateMappingTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private final Map<String, ToolCard> cards = new HashMap<>();

  static List<Arguments> table() {
    return List.of(
        row(
            "{'sessionUpdate':'agent_message_chunk','content':{'type':'text','text':'hi'}}",
            new AgentEvent.Text("hi", null)),
        row(
            "{'sessionUpdate':'agent_message_chunk','messageId':'m1','content':{'type':'text','text':'hi'}}",
            new AgentEvent.Text("hi", "m1")),
        row(
            "{'sessionUpdate':'agent_message_chunk','content':{'type':'text','text':'hi'},'_meta':{'goose':{'messageId':'g1'}}}",
            new AgentEvent.Text("hi", "g1")),
        row(
            "{'sessionUpdate':'agent_thought_chunk','content':{'type':'text','text':'hm'}}",
            new AgentEvent.Reasoning("hm", null)),
        row(
            "{'sessionUpdate':'agent_message_chunk','content':{'type':'image','data':'','mimeType':'image/png'}}"),
        row(
            "{'sessionUpdate':'agent_thought_chunk','content':{'type':'resource_link','name':'x','uri':'file:///x'}}"),
        row("{'sessionUpdate':'agent_message_chunk','content':{'type':'text','text':''}}"),
        row("{'sessionUpdate':'agent_message_chunk'}"),
        row("{'sessionUpdate':'user_message_chunk','content':{'type':'text','text':'me'}}"),
        row(
            "{'sessionUpdate':'agent_message_chunk','content':{'type':'text','text':''},'_meta':{'usage':{'inputTokens':10,'outputTokens':2,'totalTokens':12,'thoughtTokens':0,'cachedReadTokens':4}}}",
            new AgentEvent.UsageReported(
                new Usage(10L, 2L, 4L, 0L, 12L, null, null, null, null), true)),
        row(
            "{'sessionUpdate':'plan','entries':[{'content':'a','priority':'high','status':'in_progress'},{'content':'b'}]}",
            new AgentEvent.Plan(
                List.of(
                    new Item.PlanEntry("a", "in_progress", "high"),
                    new Item.PlanEntry("b", "pending", null)))),
        row(
            "{'sessionUpdate':'available_commands_update','availableCommands':[{'name':'init','description':'set up'},{'name':'x','description':null,'input':{'hint':'WHAT'}},{'description':'no name'}]}",
            new AgentEvent.Commands(
                List.of(
                    new AgentEvent.Commands.Command("init", "set up", null),
                    new AgentEvent.Commands.Command("x", null, "WHAT")))),
        row(
            "{'sessionUpdate':'current_mode_update','currentModeId':'plan'}",
            new AgentEvent.ModeChanged("plan", null)),
        row(
            "{'sessionUpdate':'config_option_update','configOptions':[{'id':'model','category':'model','type':'select','currentValue':'m2','options':[]},{'id':'mode','type':'select','currentValue':'plan','options':[]}]}",
            new AgentEvent.ModeChanged("plan", "m2")),
        row(
            "{'sessionUpdate':'config_option_update','configOptions':[{'id':'x','type':'boolean','currentValue':true}]}"),
        row(
            "{'sessionUpdate':'session_info_update','title':'A title','updatedAt':'2026'}",
            new AgentEvent.TitleChanged("A title")),
        row("{'sessionUpdate':'session_info_update','title':null}"),
        row(
            "{'sessionUpdate':'usage_update','used':1002,'size':128000,'cost':{'amount':0.5,'currency':'USD'}}",
            new AgentEvent.UsageReported(
                new Usage(null, null, null, null, null, 1002L, 128000L, 0.5, "USD"), false)),
        row(
            "{'sessionUpdate':'usage_update','used':0,'size':128000}",
            new AgentEvent.UsageReported(
                new Usage(null, null, null, null, null, 0L, 128000L, null, null), false)),
        row(
            "{'sessionUpdate':'notice','severity':'warning','title':'Low','description':'disk'}",
            new AgentEvent.Notice("agent-notice", "warn", "Low\ndisk")));
  }

  @ParameterizedTest
  @MethodSource("table")
  @Tag("R-DRV-5")
  void mapsAsTheTableSays(String update, List<AgentEvent> events) {
    assertThat(UpdateMapping.map(json(update), cards::get).events()).isEqualTo(events);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'sessionUpdate':'shell_output','x':1}",
        "{'sessionUpdate':'plan_update','planId':'p'}",
        "{'other':true}",
        "'text'",
        "7",
        "{'sessionUpdate':'tool_call','title':'without an id'}",
        "{'sessionUpdate':'compaction_update','compactionId':'c','status':'completed'}"
      })
  @Tag("R-DRV-5")
  void whatNobodyKnowsIsKeptRaw(String update) {
    var events = UpdateMapping.map(json(update), cards::get).events();
    assertThat(events)
        .singleElement()
        .isInstanceOfSatisfying(
            AgentEvent.Unknown.class, e -> assertThat(e.raw()).isEqualTo(json(update)));
  }

  @Test
  void aHugeUnknownUpdateIsKeptInPart() {
    var huge = json("{'sessionUpdate':'x','y':'" + "z".repeat(1_000_000) + "'}");
    var event = (AgentEvent.Unknown) UpdateMapping.map(huge, cards::get).events().getFirst();
    assertThat(event.raw().toString().length()).isLessThan(70_000);
  }

  @Test
  void R_DRV_6_anUpdateIsMergedOverTheEarlierSnapshot() {
    tell(
        "{'sessionUpdate':'tool_call','toolCallId':'c','title':'bash','kind':'execute','status':'pending','rawInput':{'command':'ls'},'locations':[{'path':'/w'}]}");
    var call =
        tell(
            "{'sessionUpdate':'tool_call_update','toolCallId':'c','status':'completed','content':[{'type':'content','content':{'type':'text','text':'a.txt'}}]}");

    assertThat(call.tool().title()).isEqualTo("bash");
    assertThat(call.tool().kind()).isEqualTo("execute");
    assertThat(call.tool().input()).isEqualTo(json("{'command':'ls'}"));
    assertThat(call.tool().paths()).containsExactly("/w");
    assertThat(call.status()).isEqualTo(Item.Status.DONE);
    assertThat(call.output()).isEqualTo("a.txt");
  }

  @Test
  void R_DRV_6_emptyFieldsOfALaterMessageTakeNothingBack() {
    tell(
        "{'sessionUpdate':'tool_call','toolCallId':'c','title':'edit','kind':'edit','rawInput':{'filePath':'/a'},'locations':[{'path':'/a'}]}");
    var call =
        tell(
            "{'sessionUpdate':'tool_call_update','toolCallId':'c','title':'','kind':'other','rawInput':{},'locations':[]}");
    assertThat(call.tool().title()).isEqualTo("edit");
    assertThat(call.tool().kind()).isEqualTo("edit");
    assertThat(call.tool().paths()).containsExactly("/a");
    assertThat(call.tool().input()).isEqualTo(json("{'filePath':'/a'}"));
  }

  @Test
  void anUpdateWithoutAnEarlierCallMakesACard() {
    var call =
        tell(
            "{'sessionUpdate':'tool_call_update','toolCallId':'c','status':'in_progress','title':'x'}");
    assertThat(call.status()).isEqualTo(Item.Status.OPEN);
    assertThat(call.tool().title()).isEqualTo("x");
  }

  @Test
  void aCallThatTellsNothingOfItselfHasAName() {
    var call = tell("{'sessionUpdate':'tool_call','toolCallId':'c'}");
    assertThat(call.tool().name()).isEqualTo("other");
    assertThat(call.tool().title()).isEqualTo("other");
    assertThat(call.tool().kind()).isEqualTo("other");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'exitCode':3}",
        "{'exit_code':3}",
        "{'exit':3}",
        "{'output':'x','metadata':{'exit':3}}",
        "{'type':'shell_result','version':1,'text':'x','exitCode':3,'signal':null}"
      })
  void theExitCodeIsFoundWhereAgentsPutIt(String rawOutput) {
    var call = tell("{'sessionUpdate':'tool_call','toolCallId':'c','rawOutput':" + rawOutput + "}");
    assertThat(call.tool().exitCode()).isEqualTo(3);
  }

  @Test
  void trap6_outputThatIsOnlyInTheRawOutputIsShown() {
    var call =
        tell(
            "{'sessionUpdate':'tool_call','toolCallId':'c','content':[],'rawOutput':{'output':'hi\\n'}}");
    assertThat(call.output()).isEqualTo("hi\n");
  }

  @Test
  void trap6_aTerminalWeDoNotHaveIsNoOutput() {
    var call =
        tell(
            "{'sessionUpdate':'tool_call','toolCallId':'c','content':[{'type':'terminal','terminalId':'t'}]}");
    assertThat(call.output()).isNull();
  }

  @Test
  void trap6_outputThatIsRepeatedWholeReplacesTheEarlier() {
    tell(
        "{'sessionUpdate':'tool_call_update','toolCallId':'c','content':[{'type':'content','content':{'type':'text','text':'one\\n'}}]}");
    var call =
        tell(
            "{'sessionUpdate':'tool_call_update','toolCallId':'c','content':[{'type':'content','content':{'type':'text','text':'one\\ntwo\\n'}}]}");
    assertThat(call.output()).isEqualTo("one\ntwo\n");
  }

  @Test
  void picturesInAnOutputAreLeftOutWithoutAnError() {
    var call =
        tell(
            "{'sessionUpdate':'tool_call','toolCallId':'c','content':[{'type':'content','content':{'type':'image','data':'x','mimeType':'image/png'}},{'type':'content','content':{'type':'text','text':'seen'}},{'type':'new-kind'}]}");
    assertThat(call.output()).isEqualTo("seen");
  }

  @Test
  void trap7_aDiffIsMadeOfTwoWholeTexts() {
    var call =
        tell(
            "{'sessionUpdate':'tool_call_update','toolCallId':'c','kind':'edit','content':[{'type':'diff','path':'/w/a.txt','oldText':'alpha\\nbeta\\ngamma\\n','newText':'alpha\\nBETA\\ngamma\\n'}]}");
    assertThat(call.diff())
        .isEqualTo("--- a/w/a.txt\n+++ b/w/a.txt\n@@ -1,3 +1,3 @@\n alpha\n-beta\n+BETA\n gamma\n");
    assertThat(call.tool().paths()).containsExactly("/w/a.txt");
  }

  @Test
  void trap7_theAgentsOwnUnifiedDiffIsPreferredToASnippet() {
    var call =
        tell(
            "{'sessionUpdate':'tool_call_update','toolCallId':'c','content':[{'type':'content','content':{'type':'text','text':'Edit applied.'}},{'type':'diff','path':'/a','oldText':'beta','newText':'BETA'}],'rawOutput':{'output':'Edit applied.','metadata':{'diff':'Index: /a\\n--- /a\\n+++ /a\\n@@ -7,1 +7,1 @@\\n-beta\\n+BETA\\n'}}}");
    assertThat(call.diff()).contains("@@ -7,1 +7,1 @@");
    assertThat(call.output()).isEqualTo("Edit applied.");
  }

  @Test
  void trap7_anEditThatIsShownOnlyByItsArgumentsHasADiffToo() {
    var call =
        tell(
            "{'sessionUpdate':'tool_call','toolCallId':'c','rawInput':{'path':'/w/a','before':'beta','after':'BETA'},'_meta':{'goose':{'toolCall':{'toolName':'edit'}}}}");
    assertThat(call.diff()).isEqualTo("--- a/w/a\n+++ b/w/a\n@@ -1,1 +1,1 @@\n-beta\n+BETA\n");
    cards.clear();
    var written =
        tell(
            "{'sessionUpdate':'tool_call','toolCallId':'c','kind':'edit','rawInput':{'path':'/w/a','content':'x'}}");
    assertThat(written.diff()).endsWith("+x\n");
    cards.clear();
    var run =
        tell(
            "{'sessionUpdate':'tool_call','toolCallId':'c','kind':'execute','rawInput':{'path':'/w/a','content':'x'}}");
    assertThat(run.diff()).isNull();
  }

  @Test
  void kindsAreThoseTheInterfaceKnows() {
    assertThat(kind("'kind':'switch_mode'")).isEqualTo("other");
    assertThat(kind("'kind':'brand_new'")).isEqualTo("other");
    assertThat(kind("'kind':'fetch'")).isEqualTo("fetch");
    assertThat(kind("'kind':'think'")).isEqualTo("think");
    assertThat(kind("'kind':'think','name':'task'")).isEqualTo("subagent");
    assertThat(kind("'_meta':{'goose':{'toolCall':{'toolName':'shell'}}}")).isEqualTo("execute");
    assertThat(kind("'_meta':{'toolName':'mcp__tiny__ping_tool'}")).isEqualTo("mcp");
    assertThat(kind("'name':'mcp_tiny_ping','kind':'execute'")).isEqualTo("mcp");
  }

  @Test
  void gooseTellsTheKindOnlyWhenTheCallRuns() {
    tell(
        "{'sessionUpdate':'tool_call','toolCallId':'c','title':'shell · ls','rawInput':{'command':'ls'},'_meta':{'goose':{'toolCall':{'toolName':'shell','extensionName':'developer'}}}}");
    assertThat(cards.get("c").onlyLooks()).isFalse();
    var call = tell("{'sessionUpdate':'tool_call_update','toolCallId':'c','kind':'read'}");
    assertThat(call.tool().kind()).isEqualTo("read");
    assertThat(call.tool().name()).isEqualTo("shell");
    assertThat(cards.get("c").onlyLooks()).isTrue();
  }

  private String kind(String fields) {
    cards.clear();
    return tell("{'sessionUpdate':'tool_call','toolCallId':'c'," + fields + "}").tool().kind();
  }

  private AgentEvent.ToolCall tell(String update) {
    var mapped = UpdateMapping.map(json(update), cards::get);
    cards.put("c", mapped.card());
    assertThat(mapped.events()).hasSize(1);
    return (AgentEvent.ToolCall) mapped.events().getFirst();
  }

  private static Arguments row(String update, AgentEvent... events) {
    return Arguments.of(update, List.of(events));
  }

  private static JsonNode json(String text) {
    return JSON.readTree(text.replace('\'', '"'));
  }
}
