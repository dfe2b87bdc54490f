package dev.signalbox.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Finds what a person means by a short reference: a whole id, a beginning or an end of one that no
/// other has, or `last` for the one that was used last. Ids of one hour begin alike, so an end is
/// the shorter one.
final class References {
  private static final int SHORTEST = 4;

  private References() {}

  /// @throws WrongCall when several are meant
  /// @throws ServerRefused when there is none, as the server says it
  static JsonNode session(RunningServer server, String reference) throws InterruptedException {
    var known = list(server.rest().get("/api/sessions"));
    if (reference.equals("last") && !known.isEmpty()) {
      return known.getFirst(); // they come newest first
    }
    if (reference.equals("last")) {
      throw new ServerRefused(
          404, "no_session", "There is no session yet; `signalbox send` makes one.");
    }
    var meant = meant(known, reference, "session", node -> text(node, "title"));
    return meant.isEmpty() ? unlisted(server, reference) : meant.getFirst();
  }

  /// One that is older than those listed, or named by what an agent calls its own conversation.
  private static JsonNode unlisted(RunningServer server, String reference)
      throws InterruptedException {
    try {
      return server.rest().get("/api/sessions/" + Rest.encoded(reference));
    } catch (ServerRefused e) {
      var found = thread(server, reference);
      if (found.isEmpty()) {
        throw e;
      }
      return server.rest().get("/api/sessions/" + Rest.encoded(text(found.get(), "session")));
    }
  }

  private static Optional<JsonNode> thread(RunningServer server, String reference)
      throws InterruptedException {
    try {
      return Optional.of(server.rest().get("/api/threads/" + Rest.encoded(reference)));
    } catch (ServerRefused e) {
      return Optional.empty();
    }
  }

  /// @throws WrongCall when several are meant
  /// @throws ServerRefused when there is none, as the server says it
  static JsonNode job(RunningServer server, String reference) throws InterruptedException {
    var known = list(server.rest().get("/api/jobs"));
    if (reference.equals("last")) {
      if (known.isEmpty()) {
        throw new ServerRefused(404, "no_job", "There is no job yet; `signalbox run` makes one.");
      }
      return known.getFirst(); // they come newest first
    }
    var meant = meant(known, reference, "job", node -> text(node, "title"));
    return meant.isEmpty()
        ? server.rest().get("/api/jobs/" + Rest.encoded(reference)) // older than those listed
        : meant.getFirst();
  }

  /// @throws WrongCall when several are meant, or none
  static JsonNode ask(RunningServer server, String reference) throws InterruptedException {
    var open = list(server.rest().get("/api/asks?state=open"));
    if (reference.equals("last") && !open.isEmpty()) {
      return open.getLast();
    }
    var meant = meant(open, reference, "ask", node -> text(node, "title"));
    if (meant.isEmpty()) {
      throw new ServerRefused(
          404,
          "unknown_ask",
          "There is no open ask \"%s\"; `signalbox asks` lists them.".formatted(reference));
    }
    return meant.getFirst();
  }

  private static List<JsonNode> meant(
      List<JsonNode> known, String reference, String kind, Function<JsonNode, String> shown) {
    var exact = known.stream().filter(node -> text(node, "id").equals(reference)).toList();
    if (!exact.isEmpty()) {
      return exact;
    }
    var like = known.stream().filter(node -> isLike(text(node, "id"), reference)).toList();
    if (like.size() > 1) {
      throw new WrongCall(
          "\"%s\" may be more than one %s: %s. Give more of the id."
              .formatted(
                  reference,
                  kind,
                  like.stream()
                      .limit(5)
                      .map(node -> text(node, "id") + " (" + shown.apply(node) + ")")
                      .collect(Collectors.joining(", "))));
    }
    return like;
  }

  private static boolean isLike(String id, String reference) {
    return reference.length() >= SHORTEST
        && (id.startsWith(reference) || id.endsWith(reference) || id.startsWith(reference, 2));
  }

  /// The lane of a session by its name or id.
  ///
  /// @throws ServerRefused when there is none
  static JsonNode lane(JsonNode session, String name) {
    var wanted = name.equals("main") ? "worker" : name;
    var names = new ArrayList<String>();
    for (var lane : session.path("lanes")) {
      if (text(lane, "name").equals(wanted) || text(lane, "id").equals(wanted)) {
        return lane;
      }
      names.add(text(lane, "name"));
    }
    throw new ServerRefused(
        404,
        "unknown_lane",
        "The session %s has no lane \"%s\"; it has: %s."
            .formatted(text(session, "id"), name, String.join(", ", names)));
  }

  /// A folder as a person names it, absolute, because the server stands elsewhere.
  static String folder(String path) {
    return path.equals("~") || path.startsWith("~/")
        ? path
        : Path.of(path).toAbsolutePath().normalize().toString();
  }

  /// Also when one is named through a link.
  static boolean isSameFolder(String path, String other) {
    try {
      return path.equals(other) || Files.isSameFile(Path.of(path), Path.of(home(other)));
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  private static String home(String path) {
    return path.startsWith("~") ? System.getProperty("user.home", "") + path.substring(1) : path;
  }

  /// Refuses a filter by an agent that does not exist, rather than to show nothing.
  ///
  /// @throws ServerRefused that names those there are
  static void requireAgent(RunningServer server, String agent) throws InterruptedException {
    var names =
        list(server.rest().get("/api/agents")).stream().map(node -> text(node, "id")).toList();
    if (!names.contains(agent)) {
      throw new ServerRefused(
          404,
          "unknown_agent",
          "There is no agent \"%s\"; there is: %s.".formatted(agent, String.join(", ", names)));
    }
  }

  static List<JsonNode> list(JsonNode array) {
    return array.valueStream().toList();
  }

  static String text(JsonNode node, String field) {
    return node.path(field).asString("");
  }
}
