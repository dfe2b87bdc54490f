package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Frames as a server sends them, and what a person reads.
class NarratorTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final List<String> asked = new ArrayList<>();
  private String stored = "";
  private final Narrator narrator =
      new Narrator(
          new PrintStream(printed, true, UTF_8),
          item -> item.path("turn").asString("t").equals("t"),
          false,
          (item, field, from) -> {
            asked.add(item + "/" + field + "?from=" + from);
            return stored.substring((int) from);
          });

  @Test
  void anAnswerIsPrintedAsItGrowsAndNothingTwice() throws Exception {
    tell("{'type':'item.started','item':{'id':'i','kind':'text','status':'open'}}");
    tell("{'type':'delta','item':'i','field':'text','at':0,'text':'Hel'}");
    assertThat(said()).isEqualTo("Hel");
    tell("{'type':'delta','item':'i','field':'text','at':0,'text':'Hello'}");
    tell("{'type':'delta','item':'i','field':'text','at':3,'text':'lo'}");
    assertThat(said()).isEqualTo("Hello");
    tell(
        "{'type':'item.completed','item':{'id':'i','kind':'text','status':'done','text':'Hello 你'}}");

    assertThat(said()).isEqualTo("Hello 你\n");
    assertThat(asked).isEmpty();
  }

  @Test
  void whatWentByIsAskedForWhereItIsMissing() throws Exception {
    stored = "0123456789";
    tell("{'type':'item.started','item':{'id':'i','kind':'text','status':'open'}}");
    tell("{'type':'delta','item':'i','field':'text','at':0,'text':'01'}");
    tell("{'type':'delta','item':'i','field':'text','at':8,'text':'89'}");

    assertThat(said()).isEqualTo("0123456789");
    assertThat(asked).containsExactly("i/text?from=2");
  }

  @Test
  void aLongAnswerThatWasCutIsPrintedWhole() throws Exception {
    stored = "head, the middle, tail";
    tell(
        "{'type':'item.completed','item':{'id':'i','kind':'text','status':'done','text':'head, tail','truncated':true}}");

    assertThat(said()).isEqualTo("head, the middle, tail\n");
  }

  @Test
  void toolsAndPlansAreShortLinesAndReasoningIsSetApart() throws Exception {
    tell("{'type':'item.started','item':{'id':'r','kind':'reasoning','status':'open'}}");
    tell("{'type':'delta','item':'r','field':'text','at':0,'text':'Let me\\nlook.'}");
    tell(
        "{'type':'item.completed','item':{'id':'r','kind':'reasoning','status':'done','text':'Let me\\nlook.'}}");
    tell(
        "{'type':'item.started','item':{'id':'x','kind':'tool','status':'open','tool':{'kind':'execute','title':'make\\ntest'}}}");
    tell("{'type':'delta','item':'x','field':'output','at':0,'text':'lots of it'}");
    tell(
        "{'type':'item.completed','item':{'id':'x','kind':'tool','status':'failed','tool':{'kind':'execute','title':'make\\ntest','exitCode':2}}}");
    tell(
        "{'type':'item.started','item':{'id':'p','kind':'plan','status':'open','plan':[{'text':'a','status':'completed'},{'text':'b','status':'in_progress'}]}}");
    tell(
        "{'type':'item.completed','item':{'id':'n','kind':'notice','status':'done','notice':{'detail':'Something'}}}");
    tell(
        "{'type':'item.completed','item':{'id':'e','kind':'error','status':'done','error':{'detail':'It broke.','hint':'Try again.'}}}");

    assertThat(said())
        .isEqualTo(
            """
              : Let me
              : look.
            [execute] make test
            [execute] make test: exit code 2
            [plan] 1 of 2 done: b
            [notice] Something
            [error] It broke. Try again.
            """);
  }

  @Test
  void anAskIsShownWholeWithTheCommandsThatAnswerIt() throws Exception {
    tell(
        "{'type':'ask.opened','ask':{'id':'a_1','session':'s_1','agent':'x','kind':'permission','title':'Run it',"
            + "'tool':{'kind':'execute','name':'sh','paths':['/w/f']},'input':{'command':'rm\\u202e -rf'},'diff':'-old\\n+new',"
            + "'options':[{'id':'allow','kind':'allow','label':'Allow once'}]}}");
    tell(
        "{'type':'ask.closed','ask':{'id':'a_1','options':[{'id':'allow','label':'Allow once'}]},'answer':{'option':'allow'},'by':'phone'}");

    assertThat(said())
        .isEqualTo(
            """
            [ask] a_1  permission of x in session s_1
              | Run it
              | tool: execute sh
              | path: /w/f
              | command: rm<U+202E> -rf
              | -old
              | +new
              signalbox answer a_1 allow   Allow once
              signalbox answer a_1 --decline
            [ask] a_1: answered "Allow once", by phone
            """);
  }

  @Test
  void whatBelongsToOthersOrIsNotKnownIsPassedOver() throws Exception {
    tell("{'type':'item.started','item':{'id':'o','turn':'other','kind':'text','status':'open'}}");
    tell("{'type':'delta','item':'o','field':'text','at':0,'text':'not mine'}");
    tell(
        "{'type':'item.completed','item':{'id':'o','turn':'other','kind':'text','status':'done','text':'not mine'}}");
    tell("{'type':'something.new','item':7}");
    tell("{'no':'type'}");

    assertThat(said()).isEmpty();
  }

  private void tell(String frame) throws InterruptedException {
    narrator.tell(Rest.JSON.readTree(frame.replace('\'', '"')));
  }

  private String said() {
    return printed.toString(UTF_8);
  }
}
