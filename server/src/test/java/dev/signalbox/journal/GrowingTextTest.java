package dev.signalbox.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GrowingTextTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final ItemId ITEM = new ItemId("i_1");

  private final GrowingText text = new GrowingText();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatIsSavedAndWhatIsShownIsWhatCameHoweverItCame(long seed) {
    var random = new Random(seed);
    var whole = new StringBuilder();
    var rows = new TreeMap<Long, String>();
    for (int i = 0; i < 400; i++) {
      String piece = piece(random, 1 + random.nextInt(random.nextInt(50) == 0 ? 90_000 : 900));
      whole.append(piece);
      // As the agent's stream may cut it: anywhere, also within a character.
      int cut = random.nextInt(piece.length() + 1);
      text.append(piece.substring(0, cut));
      text.append(piece.substring(cut));
      if (random.nextInt(3) == 0) {
        save(rows);
      }
    }

    assertThat(text.shown()).isEqualTo(Shown.of(whole.toString()));
    GrowingText.Ending ending = text.ending();
    rows.tailMap(ending.from(), true).clear();
    assertThat(String.join("", rows.values()) + ending.text()).isEqualTo(whole.toString());
  }

  @Test
  void aClientInStepGetsEachCharacterOnceAndNeverAHalf() {
    var random = new Random(7);
    var whole = new StringBuilder();
    var client = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      String piece = piece(random, 1 + random.nextInt(300));
      for (int j = 0; j < piece.length(); j++) {
        whole.append(piece.charAt(j));
        text.append(piece.substring(j, j + 1));
        if (random.nextInt(20) == 0) {
          take(client, 1 + random.nextInt(200));
        }
      }
    }
    while (client.length() < whole.length()) {
      take(client, 30 << 10);
    }
    assertThat(client.toString()).isEqualTo(whole.toString());
  }

  private void take(StringBuilder client, int most) {
    GrowingText.Delta delta = text.delta(ITEM, Item.Field.TEXT, client.length(), most + 1);
    if (delta == null) {
      return;
    }
    JsonNode frame = JSON.readTree(delta.frame());
    assertThat(frame.get("at").asLong()).isEqualTo(client.length());
    String more = frame.get("text").asString();
    assertThat(Character.isLowSurrogate(more.charAt(0))).isFalse();
    assertThat(Character.isHighSurrogate(more.charAt(more.length() - 1))).isFalse();
    client.append(more);
    assertThat(delta.end()).isEqualTo(client.length());
  }

  @Test
  void clientsInStepShareOneEncodedFrame() {
    text.append("abc");
    GrowingText.Delta one = text.delta(ITEM, Item.Field.TEXT, 1, 100);
    assertThat(text.delta(ITEM, Item.Field.TEXT, 1, 100)).isSameAs(one);
    text.append("d");
    assertThat(text.delta(ITEM, Item.Field.TEXT, 1, 100)).isNotSameAs(one);
  }

  @Test
  void aLongTextIsNotKeptWholeOnceItIsStored() {
    for (int i = 0; i < 100; i++) {
      text.append("0123456789".repeat(2_000));
      save(new TreeMap<>());
    }
    assertThat(text.slice(0, 10)).isNull();
    assertThat(text.length()).isEqualTo(2_000_000);
    GrowingText.Delta all = text.delta(ITEM, Item.Field.TEXT, 0, Integer.MAX_VALUE);
    assertThat(all.at()).isEqualTo(2_000_000 - GrowingText.WINDOW);
    assertThat(all.end()).isEqualTo(2_000_000);
    assertThat(text.shown().text()).hasSize(Shown.WHOLE_BYTES).startsWith("0123");
    assertThat(text.shown().bytes()).isEqualTo(2_000_000);
  }

  @Test
  void nothingIsForgottenThatIsNotStored() {
    text.append("x".repeat(2_000_000));
    assertThat(text.slice(0, 2_000_000)).hasSize(2_000_000);
  }

  @Test
  void savingSmallPiecesWritesOnlyWhatIsNew() {
    text.append("abc");
    GrowingText.Saving first = text.unsavedPieces();
    assertThat(first.pieces()).containsExactly(new GrowingText.Piece(0, "abc"));
    text.saved(first);
    assertThat(text.unsavedPieces()).isNull();
    text.append("d\uD83D");
    assertThat(text.unsavedPieces().pieces()).containsExactly(new GrowingText.Piece(3, "d"));
  }

  @Test
  void bytesAreThoseOfUtf8AndEndsAreCutBetweenCharacters() {
    for (String sample :
        List.of("", "a", "é", "中", "😀", "a😀é中".repeat(40_000), "x".repeat(65_536))) {
      assertThat(Characters.utf8(sample)).isEqualTo(sample.getBytes(StandardCharsets.UTF_8).length);
      Shown shown = Shown.of(sample);
      assertThat(shown.length()).isEqualTo(sample.length());
      Item.Cut cut = shown.cut();
      if (cut == null) {
        assertThat(shown.text()).isEqualTo(sample);
        assertThat(shown.bytes()).isLessThanOrEqualTo(65_536);
      } else {
        String head = shown.text().substring(0, cut.at());
        String tail = shown.text().substring(cut.at());
        assertThat(sample).startsWith(head).endsWith(tail);
        assertThat(head.length() + tail.length() + cut.omitted()).isEqualTo(sample.length());
        for (String end : List.of(head, tail)) {
          assertThat(end.getBytes(StandardCharsets.UTF_8).length).isBetween(32_765, 32_768);
        }
      }
    }
  }

  private void save(NavigableMap<Long, String> rows) {
    GrowingText.Saving saving = text.unsavedPieces();
    if (saving != null) {
      rows.tailMap(saving.from(), true).clear();
      saving.pieces().forEach(piece -> rows.put(piece.at(), piece.text()));
      text.saved(saving);
    }
  }

  private static String piece(Random random, int length) {
    var alphabet = List.of("a", "\"", "\n", "é", "中", "😀", "\u0000", "𝄞");
    var out = new ArrayList<String>();
    for (int i = 0; i < length; i++) {
      out.add(alphabet.get(random.nextInt(alphabet.size())));
    }
    return String.join("", out);
  }
}
