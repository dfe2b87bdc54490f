package dev.signalbox.http;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.event.Item;
import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a lane's socket says first to a client that has something, nothing, or the wrong thing.
class LaneOpeningTest {
  @TempDir Path temp;
  private Edge edge;
  private Client client;
  private HttpClient http;
  private Client.Lane lane;
  private Facts facts;

  @BeforeEach
  void open() throws IOException {
    edge = Edge.open(temp);
    client = edge.client();
    http = HttpClient.newHttpClient();
    lane = Client.lane(client.session(edge.project("one")), "worker");
    facts = edge.facts(lane);
  }

  @AfterEach
  void close() {
    http.shutdownNow();
    client.close();
    edge.close();
  }

  @Test
  @Tag("R-EVT-3")
  void R_EVT_3_afterANumberItBringsExactlyTheFactsThatAreMissingAndThenWhatComes()
      throws Exception {
    facts.small(30);
    var ear = hello(object().put("after", 20).put("epoch", facts.epoch()));
    assertThat(ear.next("welcome").path("seq").asLong()).isEqualTo(30);
    assertThat(seqs(ear, 10)).containsExactlyElementsOf(numbers(21, 30));
    facts.small(2);
    assertThat(seqs(ear, 2)).containsExactly(31L, 32L);
  }

  @Test
  @Tag("R-EVT-3")
  void anotherEpochANumberThatIsNotThereYetOrTooManyFactsBehindIsAResetWithTheNewestItems()
      throws Exception {
    facts.items(210, "told");
    facts.small(4_700); // 5,120 in all
    long seq = facts.seq();
    for (var wrong :
        List.of(
            object().put("after", seq).put("epoch", "e_other"),
            object().put("after", seq + 1).put("epoch", facts.epoch()),
            object().put("after", seq + 1),
            object().put("after", seq - 5_001).put("epoch", facts.epoch()),
            object())) {
      var ear = hello(wrong);
      var welcome = ear.next();
      assertThat(welcome.path("type").asString()).isEqualTo("welcome");
      assertThat(welcome.path("seq").asLong()).isEqualTo(seq);
      var reset = ear.next();
      assertThat(reset.path("type").asString()).as(wrong.toString()).isEqualTo("reset");
      assertThat(reset.path("epoch").asString()).isEqualTo(facts.epoch());
      assertThat(reset.path("seq").asLong()).isEqualTo(seq);
      assertThat(reset.path("more").asBoolean()).isTrue();
      assertThat(reset.path("items")).hasSize(200);
      assertThat(reset.at("/items/199")).isEqualTo(newestItem());
      ear.say("{\"type\":\"ping\"}");
      assertThat(ear.next().path("type").asString()).as("no fact follows").isEqualTo("pong");
    }
  }

  @Test
  void fiveThousandFactsBehindIsNotTooFar() throws Exception {
    facts.small(5_000);
    var ear = hello(object().put("after", 0));
    ear.next("welcome");
    assertThat(seqs(ear, 5_000)).containsExactlyElementsOf(numbers(1, 5_000));
  }

  @Test
  @Tag("R-EVT-3")
  void whoWantsAllGetsAllHoweverFarBehind() throws Exception {
    facts.small(5_500);
    var ear = hello(object().put("after", 10).put("replay", "all").put("epoch", facts.epoch()));
    ear.next("welcome");
    assertThat(seqs(ear, 5_490)).containsExactlyElementsOf(numbers(11, 5_500));
  }

  @Test
  void whoWantsAllAndHasAnotherHistoryIsToldToForgetItAndGetsThisOneFromTheBeginning()
      throws Exception {
    facts.small(3);
    for (var epoch : List.of("e_other", facts.epoch())) {
      var ear = hello(object().put("after", 4).put("replay", "all").put("epoch", epoch));
      assertThat(ear.next("welcome").path("seq").asLong()).isEqualTo(3);
      var reset = ear.next();
      assertThat(reset.path("type").asString()).isEqualTo("reset");
      assertThat(reset.path("seq").asLong()).isZero();
      assertThat(reset.path("items")).isEmpty();
      assertThat(reset.path("more").asBoolean()).isFalse();
      assertThat(seqs(ear, 3)).containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  @Tag("R-EVT-4")
  void openTextComesOnceFromItsBeginningAndThenAsItGrows() throws Exception {
    var item = facts.open();
    facts.grow(item, "so far 🙂");
    var ear = hello(object());
    ear.next("welcome");
    assertThat(ear.next().path("type").asString()).isEqualTo("item.started");
    delta(ear.next(), item, 0, "so far 🙂");
    facts.grow(item, " and on");
    delta(ear.next(), item, 9, " and on"); // in UTF-16 units

    var late = hello(object().put("after", 1).put("epoch", facts.epoch()));
    late.next("welcome");
    delta(late.next(), item, 0, "so far 🙂 and on");
    facts.complete(item, "the authority");
    assertThat(late.next().at("/item/text").asString()).isEqualTo("the authority");
    assertThat(ear.next().at("/item/text").asString()).isEqualTo("the authority");
  }

  @Test
  void ofAVeryLongOpenTextItBringsTheLast256KAndSaysWhereTheyBegin() throws Exception {
    var item = facts.open();
    facts.grow(item, "a".repeat(200 << 10) + "b".repeat(200 << 10));
    var ear = hello(object());
    var delta = ear.next("delta");
    long at = delta.path("at").asLong();
    assertThat(at).isPositive();
    assertThat(delta.path("text").asString().length() + at).isEqualTo(400 << 10);
    assertThat(delta.path("text").asString()).hasSizeGreaterThanOrEqualTo(256 << 10);

    ear.say(object().put("type", "item").put("item", item.id().value()));
    var now = ear.next("item").path("item");
    assertThat(now.path("status").asString()).isEqualTo("open");
    assertThat(now.path("text").asString()).startsWith("aaa").endsWith("bbb");
    facts.grow(item, "c");
    delta(ear.next("delta"), item, 400 << 10, "c");
  }

  @Test
  void anItemIsGivenAsItIsNowAndOneThatIsNotOfThisLaneIsRefusedByName() throws Exception {
    facts.items(1, "done");
    var other = edge.facts(Client.lane(client.session(edge.project("two")), "worker"));
    var foreign = other.open().id().value();
    var ear = hello(object());
    ear.next("welcome");
    var item = ear.next("item.completed").path("item");
    ear.say(object().put("type", "item").put("item", item.path("id").asString()));
    assertThat(ear.next("item").path("item")).isEqualTo(item);
    for (var unknown : List.of(foreign, "i_0", "")) {
      ear.say(object().put("type", "item").put("item", unknown));
      var error = ear.next("error");
      assertThat(error.path("command").asString()).isEqualTo("item");
      assertThat(error.path("status").asInt()).isEqualTo(404);
      assertThat(error.path("detail").asString()).contains(unknown);
    }
  }

  @Test
  void slashCommandsAreToldInTheWelcomeSoThatWhoIsResetKnowsThemToo() throws Exception {
    facts.commands("practice", "old");
    facts.commands("other", "review");
    facts.commands("practice", "plan", "init");
    facts.small(5_001);
    var ear = hello(object());
    var commands = ear.next("welcome").path("commands");
    ear.next("reset");
    assertThat(commands).hasSize(2);
    var practice =
        commands
            .valueStream()
            .filter(offer -> offer.path("agent").asString().equals("practice"))
            .findFirst()
            .orElseThrow();
    assertThat(practice.path("commands").valueStream().map(c -> c.path("name").asString()))
        .containsExactly("plan", "init");
    assertThat(practice.at("/commands/0/description").asString()).isEqualTo("what it does");
  }

  private JsonNode newestItem() {
    return client.items(lane).getLast();
  }

  private static void delta(JsonNode frame, Item item, long at, String text) {
    assertThat(frame)
        .isEqualTo(
            object()
                .put("type", "delta")
                .put("item", item.id().value())
                .put("field", "text")
                .put("at", (int) at)
                .put("text", text));
  }

  private Ear hello(ObjectNode hello) throws Exception {
    return Ear.connect(http, edge, "ads-session." + lane.session(), "ads-chat." + lane.id())
        .say(hello.put("type", "hello"));
  }

  private static List<Long> seqs(Ear ear, int count) throws InterruptedException {
    var seqs = new java.util.ArrayList<Long>();
    for (int i = 0; i < count; i++) {
      seqs.add(ear.next().path("seq").asLong());
    }
    return seqs;
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }
}
