package dev.signalbox.http;

import dev.signalbox.http.Commands.AnswerBody;
import dev.signalbox.http.Commands.InterruptBody;
import dev.signalbox.http.Commands.QueueBody;
import dev.signalbox.http.Commands.TurnBody;
import dev.signalbox.http.Commands.TurnPatch;
import dev.signalbox.id.AskId;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import dev.signalbox.session.Lane;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What a client may tell a lane to do on its socket: the commands of REST under names of their
/// own.
///
/// @param control false refuses all of them
record LaneCommands(Open rooms, Principal principal, boolean control) {

  /// Carries one out; returns the `ack`.
  String obey(Lane lane, String type, ObjectNode message) {
    var result = result(lane, type, message);
    return Frames.ack(type, clientId(message), result);
  }

  private @Nullable Object result(Lane lane, String type, ObjectNode message) {
    if (!control) {
      throw Router.controlOff();
    }
    return switch (type) {
      case "turn" -> Commands.submit(lane, read(message, TurnBody.class), null);
      case "edit" -> Commands.edit(lane, turn(message), read(message, TurnPatch.class), null);
      case "withdraw" -> {
        lane.withdraw(turn(message), clientId(message));
        yield null;
      }
      case "queue" -> Commands.queue(lane, read(message, QueueBody.class), null);
      case "interrupt" ->
          new LaneRoutes.Interrupted(
              Commands.interrupt(lane, read(message, InterruptBody.class), null));
      case "answer" ->
          Commands.answer(
              rooms,
              Call.id(message.path("ask").asString(""), "ask", AskId::new),
              read(message, AnswerBody.class),
              null,
              principal);
      default ->
          throw Refused.invalid(
              "unknown_command",
              "There is no command \"%s\"; there is: hello, item, turn, edit, withdraw, queue, interrupt, answer, ping."
                  .formatted(Call.brief(type)));
    };
  }

  private static <T> T read(ObjectNode message, Class<T> type) {
    return Wire.JSON.treeToValue(message, type);
  }

  private static @Nullable String clientId(ObjectNode message) {
    return message.path("clientId").asStringOpt().orElse(null);
  }

  private static TurnId turn(ObjectNode message) {
    return Call.id(message.path("turn").asString(""), "turn", TurnId::new);
  }
}
