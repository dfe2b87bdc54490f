package dev.signalbox.testkit.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What an agent sent, free of the dialect it was sent in.
///
/// @param model the model asked for
/// @param streaming whether the answer is to come piece by piece
/// @param messages all of them, oldest first
/// @param tools what the model may call; a request without any is a side call (a title, a summary)
/// @param images each as the data URL or address it came as, in order
public record Conversation(
    String model,
    boolean streaming,
    List<Message> messages,
    List<Tool> tools,
    List<String> images) {

  /// Who said a message.
  public enum Role {
    SYSTEM,
    USER,
    ASSISTANT,
    TOOL
  }

  /// @param text all text parts, joined by line ends
  /// @param calls the ids of the tool calls in it
  public record Message(Role role, String text, List<String> calls) {

    public Message {
      calls = List.copyOf(calls);
    }
  }

  /// A tool the agent announced.
  public record Tool(String name, Set<String> parameters, Set<String> required) {}

  /// Where in which script a conversation stands.
  record Place(ModelScript script, int turn) {}

  public Conversation {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
    images = List.copyOf(images);
  }

  /// What the user said last; empty when there is no user message.
  public String lastUserText() {
    return messages.stream()
        .filter(message -> message.role() == Role.USER)
        .reduce((earlier, later) -> later)
        .map(Message::text)
        .orElse("");
  }

  /// The last user message that holds a script decides. How far it has been played shows in the ids
  /// of the tool calls since, which are ours and name their turn; after the last of them each group
  /// of assistant messages is an answer. Counting groups alone is not enough: goose splits text and
  /// tool call, and puts a user message between them.
  Optional<Place> place() {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).role() == Role.USER) {
        var script = ModelScript.lastIn(messages.get(i).text());
        if (script.isPresent()) {
          return Optional.of(new Place(script.get(), turnAfter(i)));
        }
      }
    }
    return Optional.empty();
  }

  private int turnAfter(int user) {
    int turn = 0;
    for (int i = user + 1; i < messages.size(); i++) {
      var message = messages.get(i);
      int called = message.calls().stream().mapToInt(CallId::turn).max().orElse(-1);
      if (called >= 0) {
        turn = called + 1;
      } else if (message.role() == Role.ASSISTANT && messages.get(i - 1).role() != Role.ASSISTANT) {
        turn++;
      }
    }
    return turn;
  }

  /// Ids of the calls a script makes: unique, and they say which turn of the script made them.
  static final class CallId {

    private static final Pattern FORM = Pattern.compile("call_t(\\d+)_.*");

    private CallId() {}

    static String of(int turn, long request, int index) {
      return "call_t" + turn + "_" + request + "_" + index;
    }

    /// @return the turn, from 0; -1 when the id is not ours
    static int turn(String id) {
      var matcher = FORM.matcher(id);
      return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
    }
  }
}
