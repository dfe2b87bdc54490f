package dev.signalbox.http;

import dev.signalbox.id.AskId;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.id.SessionId;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import dev.signalbox.session.Lane;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One request, with what it names turned into the terms of the rooms. What it names and what does
/// not exist is refused with the name.
final class Call {
  private final Context context;
  private final Route route;
  private final Principal principal;
  private final @Nullable Open rooms;
  private final Body body;

  Call(Context context, Route route, Principal principal, @Nullable Open rooms, Body body) {
    this.context = context;
    this.route = route;
    this.principal = principal;
    this.rooms = rooms;
    this.body = body;
  }

  /// Who calls. Meaningless for routes that are for anyone.
  Principal principal() {
    return principal;
  }

  Route route() {
    return route;
  }

  Context context() {
    return context;
  }

  Open rooms() {
    if (rooms == null) {
      throw Refused.unavailable("starting", "Signalbox is starting. Try again in a second.");
    }
    return rooms;
  }

  @Nullable Open roomsOrNull() {
    return rooms;
  }

  <T> T body(Class<T> type) throws IOException, InterruptedException {
    return body.json(context.req(), type, route.longest());
  }

  /// The body as it comes, of which no more than `longest` bytes can be read.
  InputStream raw(int longest) throws IOException {
    return body.raw(context.req(), longest);
  }

  /// The body, or `empty` when there is none: for routes whose fields are all optional.
  <T> T bodyOr(Class<T> type, T empty) throws IOException, InterruptedException {
    var request = context.req();
    return request.getContentLengthLong() == 0
            || (request.getContentLengthLong() < 0
                && request.getHeader("Transfer-Encoding") == null)
        ? empty
        : body(type);
  }

  String path(String name) {
    return context.pathParam(name);
  }

  @Nullable String query(String name) {
    var value = context.queryParam(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /// A whole number of the query, or `usual` when it is not there.
  long number(String name, long usual, long least, long most) {
    var value = query(name);
    if (value == null) {
      return usual;
    }
    try {
      var number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw Refused.invalid(
        "wrong_parameter",
        "%s=%s is not possible: give a whole number from %d to %d."
            .formatted(name, brief(value), least, most));
  }

  SessionId session() {
    return id(path("session"), "session", SessionId::new);
  }

  ProjectId project() {
    return id(path("project"), "project", ProjectId::new);
  }

  Lane lane() {
    return rooms().sessions().lane(session(), path("lane"));
  }

  TurnId turn() {
    return id(path("turn"), "turn", TurnId::new);
  }

  ItemId item() {
    return id(path("item"), "item", ItemId::new);
  }

  AskId ask() {
    return id(path("ask"), "ask", AskId::new);
  }

  /// An id of a client, or a refusal that there is no such thing: what cannot be an id names
  /// nothing.
  static <T> T id(String value, String kind, Function<String, T> make) {
    try {
      return make.apply(value);
    } catch (IllegalArgumentException e) {
      throw Refused.notFound(
          "unknown_" + kind, "There is no %s \"%s\".".formatted(kind, brief(value)));
    }
  }

  static String brief(String value) {
    return value.length() <= 80 ? value : value.substring(0, 80) + "…";
  }
}
