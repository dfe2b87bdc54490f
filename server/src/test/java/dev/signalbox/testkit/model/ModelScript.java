package dev.signalbox.testkit.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// What the model says, answer by answer, as it travels in a prompt: `@@[{"text":"Hello."}]@@`.
public record ModelScript(List<ModelTurn> turns) {

  private static final String MARK = "@@";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public ModelScript {
    turns = List.copyOf(turns);
  }

  public static ModelScript of(ModelTurn... turns) {
    return new ModelScript(List.of(turns));
  }

  /// The prompt a user would send: some words, then this script.
  public String in(String words) {
    return words + " " + this;
  }

  /// What this script looks like in a prompt.
  @Override
  public String toString() {
    var array = JsonNodeFactory.instance.arrayNode();
    turns.forEach(turn -> array.add(turn.toJson()));
    return MARK + array + MARK;
  }

  /// The last script in a text: a hand-over of history puts older prompts, with their scripts,
  /// before the new one.
  static Optional<ModelScript> lastIn(String text) {
    for (int at = text.lastIndexOf(MARK + "[");
        at >= 0;
        at = text.lastIndexOf(MARK + "[", at - 1)) {
      var script = at(text, at + MARK.length());
      if (script.isPresent()) {
        return script;
      }
    }
    return Optional.empty();
  }

  /// Reads one JSON value and looks at what follows, so that the mark may also occur inside a text
  /// of the script.
  private static Optional<ModelScript> at(String text, int start) {
    try (var parser = JSON.createParser(text.substring(start))) {
      JsonNode array = parser.readValueAsTree();
      int end = start + (int) parser.currentLocation().getCharOffset();
      if (!text.startsWith(MARK, end)) {
        return Optional.empty();
      }
      var turns = new ArrayList<ModelTurn>();
      array.forEach(turn -> turns.add(ModelTurn.fromJson(turn)));
      return Optional.of(new ModelScript(turns));
    } catch (JacksonException | IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }
}
