package dev.signalbox.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class LaneViewTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final LaneView view = new LaneView();

  @Test
  void keepsFactsInTheirOrderAndFindsThem() {
    hear("{'type':'welcome','epoch':'e','seq':2}");
    fact(1, "turn.started", "'turn':'t'");
    fact(2, "turn.ended", "'turn':'t'");

    assertThat(view.seq()).isEqualTo(2);
    assertThat(view.epoch()).isEqualTo("e");
    assertThat(view.awaitEnd("t", Duration.ZERO).path("seq").asInt()).isEqualTo(2);
    assertThat(view.complaints()).isEmpty();
  }

  @Test
  void complainsOfAGapAndOfADouble() {
    fact(1, "turn.started", "'turn':'t'");
    fact(1, "turn.started", "'turn':'t'");
    fact(3, "turn.ended", "'turn':'t'");

    assertThat(view.seq()).isEqualTo(1);
    assertThat(view.complaints()).hasSize(2);
  }

  @Test
  void overwritesFromTheOffsetSoThatAReplayDoesNoHarm() {
    fact(1, "item.started", "'item':{'id':'i'}");
    delta(0, "Hello ");
    delta(6, "world");
    delta(0, "Hello ");
    delta(0, "Hello world");

    assertThat(view.growing("i", "text")).isEqualTo("Hello world");
    assertThat(view.deltas()).isEqualTo(4);
  }

  @Test
  void asksForAnItemWhoseDeltaBeginsBeyondWhatIsKnown() {
    fact(1, "item.started", "'item':{'id':'i'}");

    assertThat(delta(5, "later")).contains("i");

    hear("{'type':'item','item':{'id':'i','text':'soon later'}}");
    assertThat(view.growing("i", "text")).isEqualTo("soon later");
  }

  @Test
  void complainsWhenACompletedItemIsNotWhatGrew() {
    fact(1, "item.started", "'item':{'id':'i'}");
    delta(0, "abc");
    fact(2, "item.completed", "'item':{'id':'i','text':'aXc'}");

    assertThat(view.complaints()).singleElement().asString().contains("grew to «abc», is «aXc»");
  }

  @Test
  void takesAShorterCompletedItemButCountsIt() {
    fact(1, "item.started", "'item':{'id':'i'}");
    delta(0, "abc");
    fact(2, "item.completed", "'item':{'id':'i','text':'ab'}");

    assertThat(view.complaints()).isEmpty();
    assertThat(view.shortened()).isEqualTo(1);
  }

  @Test
  void complainsOfADeltaBeforeItsItemAndAfterItsEnd() {
    delta(0, "early");
    fact(1, "item.started", "'item':{'id':'i'}");
    fact(2, "item.completed", "'item':{'id':'i','text':''}");
    delta(0, "late");

    assertThat(view.complaints()).hasSize(2);
  }

  @Test
  void complainsOfAnotherEpochAndOfHalfAPair() {
    hear("{'type':'welcome','epoch':'e'}");
    hear("{'type':'welcome','epoch':'f'}");
    fact(1, "item.started", "'item':{'id':'i'}");
    delta(0, "\\ud83d");

    assertThat(view.complaints()).hasSize(2);
  }

  private void fact(int seq, String type, String fields) {
    hear(
        "{'lane':'l','seq':%d,'at':'2026-01-01T00:00:00Z','type':'%s',%s}"
            .formatted(seq, type, fields));
  }

  private Optional<String> delta(int at, String text) {
    return hear(
        "{'type':'delta','item':'i','field':'text','at':%d,'text':'%s'}".formatted(at, text));
  }

  private Optional<String> hear(String json) {
    return view.take(JSON.readTree(json.replace('\'', '"')));
  }
}
