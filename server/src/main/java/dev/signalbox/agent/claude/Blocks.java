package dev.signalbox.agent.claude;

import dev.signalbox.agent.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The blocks of the message that streams now, of one speaker. A message comes twice, in pieces and
/// then whole, one line for each block: this says what of the whole was told already. Not safe for
/// several threads.
final class Blocks {
  /// Input of a tool that is longer is known only when it comes whole.
  private static final int LONGEST_INPUT = 256 * 1024;

  static final class Block {
    final long index;
    final String type;
    final @Nullable String toolId;
    private final StringBuilder input = new StringBuilder();
    private int told;
    private boolean whole;

    private Block(long index, String type, @Nullable String toolId) {
      this.index = index;
      this.type = type;
      this.toolId = toolId;
    }

    void told(String text) {
      told += text.length();
    }

    void input(String piece) {
      if (input.length() + piece.length() <= LONGEST_INPUT) {
        input.append(piece);
      }
    }

    String input() {
      return input.toString();
    }

    /// Whether its whole came already.
    boolean whole() {
      return whole;
    }
  }

  private final String message;
  private final List<Block> blocks = new ArrayList<>();
  private int unstreamed;

  /// @param message the id of the message
  Blocks(String message) {
    this.message = message;
  }

  boolean of(String message) {
    return this.message.equals(message);
  }

  Block begin(long index, JsonNode block) {
    var begun = new Block(index, Json.text(block, "type", ""), Json.text(block, "id"));
    blocks.add(begun);
    return begun;
  }

  @Nullable Block find(long index) {
    for (var block : blocks) {
      if (block.index == index) {
        return block;
      }
    }
    return null;
  }

  /// An id of the block's own, so that a new block begins a new item.
  String id(Block block) {
    return message + "/" + block.index;
  }

  /// The id of a block that came whole and never streamed.
  String nextId() {
    return message + "/whole-" + unstreamed++;
  }

  /// Finds the streamed block that comes whole now: the first of its type that has not yet.
  @Nullable Block match(JsonNode whole) {
    var type = Json.text(whole, "type", "");
    for (var block : blocks) {
      if (!block.whole && block.type.equals(type)) {
        block.whole = true;
        return block;
      }
    }
    return null;
  }

  /// What of the whole text was not told yet.
  static String rest(Block block, String whole) {
    var rest = whole.length() > block.told ? whole.substring(block.told) : "";
    block.told = Math.max(block.told, whole.length());
    return rest;
  }
}
