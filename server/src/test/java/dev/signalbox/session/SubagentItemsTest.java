package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.Item.Kind;
import dev.signalbox.event.Item.Status;
import dev.signalbox.id.Ids;
import dev.signalbox.id.ItemId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What subagents say and do hangs below the tool call that runs them.
@Tag("R-DRV-2")
class SubagentItemsTest {
  private final Ids ids = new Ids(InstantSource.system());
  private final Map<ItemId, Item> items = new LinkedHashMap<>();
  private final Map<ItemId, String> texts = new LinkedHashMap<>();
  private final List<ItemId> completed = new ArrayList<>();
  private final Transcript transcript =
      new Transcript(
          ids.lane(),
          ids.turn(),
          "a",
          ids,
          InstantSource.system(),
          new Transcript.Out() {
            @Override
            public void fact(Fact fact) {
              switch (fact) {
                case Fact.ItemStarted started -> items.put(started.item().id(), started.item());
                case Fact.ItemCompleted done -> {
                  items.put(done.item().id(), done.item());
                  completed.add(done.item().id());
                }
                default -> {}
              }
            }

            @Override
            public void grow(ItemId item, Item.Field field, String text) {
              texts.merge(item, text, String::concat);
            }
          });

  @Test
  void twoSubagentsAndTheAgentItselfSpeakAtOnceAndEachHasItsOwnItem() {
    transcript.begin("go", List.of());
    call("t1", "subagent", Status.OPEN, null);
    call("t2", "subagent", Status.OPEN, null);
    say("one ", "t1");
    say("two ", "t2");
    say("I wait ", null);
    say("goes on", "t1");
    say("for them", null);
    say("too", "t2");

    assertThat(texts.values()).containsExactly("one goes on", "two too", "I wait for them");
    assertThat(parents(Kind.TEXT)).containsExactly(null, tool(0), tool(1), null);
  }

  @Test
  void theToolsOfASubagentHangBelowItAndItsTextEndsWithIt() {
    transcript.begin("go", List.of());
    call("t1", "subagent", Status.OPEN, null);
    say("looking", "t1");
    call("t1a", "read", Status.DONE, "t1");
    say("found", "t1");
    call("t1", "subagent", Status.DONE, null);

    assertThat(parents(Kind.TOOL)).containsExactly(null, tool(0));
    assertThat(texts.values()).containsExactly("looking", "found");
    assertThat(completed).containsAll(texts.keySet());
  }

  @Test
  void whatASubagentNobodyToldOfSaysIsShownAllTheSame() {
    transcript.begin("go", List.of());
    say("who am I?", "unknown");
    assertThat(texts.values()).containsExactly("who am I?");
  }

  @Test
  void theEndOfTheTurnEndsEverything() {
    transcript.begin("go", List.of());
    call("t1", "subagent", Status.OPEN, null);
    say("one ", "t1");
    say("two ", null);
    transcript.close(Status.CANCELLED);

    assertThat(completed)
        .containsExactlyInAnyOrderElementsOf(items.keySet())
        .doesNotHaveDuplicates();
  }

  private void say(String text, @Nullable String parent) {
    transcript.text(new AgentEvent.Text(text, null, parent));
  }

  private void call(String id, String kind, Status status, @Nullable String parent) {
    var tool = new Item.Tool(id, kind, id, null, List.of(), null);
    transcript.tool(new AgentEvent.ToolCall(id, tool, status, null, null, parent));
  }

  private List<@Nullable ItemId> parents(Kind kind) {
    return items.values().stream().filter(i -> i.kind() == kind).map(Item::parent).toList();
  }

  private ItemId tool(int index) {
    return items.values().stream().filter(i -> i.kind() == Kind.TOOL).toList().get(index).id();
  }
}
