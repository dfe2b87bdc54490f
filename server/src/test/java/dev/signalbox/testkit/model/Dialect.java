package dev.signalbox.testkit.model;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One provider's interface: how a request is read and how an answer looks. It decides nothing.
interface Dialect {

  /// A tool call in the words of the agent that is asked to do it.
  record Call(String id, String name, ObjectNode arguments) {}

  /// Where server-sent events go; each call is on the wire when it returns.
  interface Events {
    /// @param name the event's name, or null for a dialect that has none
    void send(@Nullable String name, String data) throws IOException;
  }

  /// An answer being streamed: [#think] and [#text] any number of times, then [#call]s, then
  /// [#end], once.
  interface Stream {
    void begin() throws IOException;

    void think(String piece) throws IOException;

    void text(String piece) throws IOException;

    void call(int index, Call call) throws IOException;

    void end(String finish) throws IOException;
  }

  /// Whether a request to this path is in this dialect.
  boolean speaks(String method, String path);

  Conversation read(String path, JsonNode body);

  /// @param number the request's, for ids in the answer
  Stream stream(long number, Conversation conversation, Events events);

  /// The whole answer at once.
  JsonNode whole(
      long number, Conversation conversation, ModelTurn turn, List<Call> calls, String finish);

  JsonNode error(int status, String message);
}
