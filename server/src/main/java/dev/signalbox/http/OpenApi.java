package dev.signalbox.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.event.Fact;
import dev.signalbox.session.Change;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The contract as OpenAPI 3.1, assembled from the route table and the wire records. Made when it
/// is first asked for.
final class OpenApi {
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
  private static final String JSON = "application/json";

  private final List<Route> routes;
  private final String version;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable String made;

  OpenApi(List<Route> routes, String version) {
    this.routes = routes;
    this.version = version;
  }

  String json() {
    lock.lock();
    try {
      if (made == null) {
        made = Wire.text(document(new Schemas()));
      }
      return made;
    } finally {
      lock.unlock();
    }
  }

  private ObjectNode document(Schemas schemas) {
    var document = object();
    document.put("openapi", "3.1.0").put("jsonSchemaDialect", Schemas.DIALECT);
    document.putObject("info").put("title", "Signalbox").put("version", version);
    var paths = document.putObject("paths");
    for (var route : routes) {
      var path = paths.withObjectProperty(route.path());
      path.set(route.method().toLowerCase(java.util.Locale.ROOT), operation(route, schemas));
    }
    document.set("x-sockets", sockets(schemas));
    var problem = schemas.reference(ProblemBody.class);
    var components = document.putObject("components");
    var fact = schemas.reference(Fact.class);
    components.set("schemas", withEvents(schemas.definitions("components/schemas"), fact));
    components
        .putObject("responses")
        .putObject("Problem")
        .put("description", "What happened and what to do")
        .putObject("content")
        .putObject(ProblemBody.TYPE)
        .set("schema", problem);
    security(document, components.putObject("securitySchemes"));
    return document;
  }

  // On the wire a fact stands in one flat object with what the journal says about it.
  private static ObjectNode withEvents(ObjectNode definitions, ObjectNode fact) {
    var parts = definitions.putObject("Event").putArray("allOf");
    var envelope = parts.addObject().put("type", "object");
    var fields = envelope.putObject("properties");
    fields.putObject("lane").put("type", "string");
    fields.putObject("seq").put("type", "integer");
    fields.putObject("at").put("type", "string").put("format", "date-time");
    fields.putObject("clientId").put("type", "string");
    envelope.putArray("required").add("lane").add("seq").add("at");
    parts.add(fact);
    var events = (ObjectNode) definitions.at("/EventPage/properties/events");
    events.putObject("items").put("$ref", "#/components/schemas/Event");
    return definitions;
  }

  private static void security(ObjectNode document, ObjectNode schemes) {
    schemes
        .putObject("token")
        .put("type", "http")
        .put("scheme", "bearer")
        .put("description", "The local token: the file `token` in the data folder.");
    schemes
        .putObject("cookie")
        .put("type", "apiKey")
        .put("in", "cookie")
        .put("name", "signalbox-PORT");
    schemes.putObject("key").put("type", "apiKey").put("in", "header").put("name", Gate.KEY_HEADER);
    var any = document.putArray("security");
    any.addObject().putArray("token");
    var both = any.addObject();
    both.putArray("cookie");
    both.putArray("key");
  }

  private static ObjectNode operation(Route route, Schemas schemas) {
    var operation = object();
    operation.put("summary", route.summary());
    if (route.anyone()) {
      operation.putArray("security");
    }
    parameters(route, operation);
    if (route.body() != null) {
      operation
          .putObject("requestBody")
          .putObject("content")
          .putObject(JSON)
          .set("schema", schemas.reference(route.body()));
    }
    responses(route, operation.putObject("responses"), schemas);
    return operation;
  }

  private static void parameters(Route route, ObjectNode operation) {
    var parameters = operation.putArray("parameters");
    var names = PARAMETER.matcher(route.path());
    while (names.find()) {
      var parameter = parameters.addObject();
      parameter.put("name", names.group(1)).put("in", "path").put("required", true);
      parameter.putObject("schema").put("type", "string");
    }
    for (var name : route.query()) {
      parameters
          .addObject()
          .put("name", name)
          .put("in", "query")
          .putObject("schema")
          .put("type", "string");
    }
    if (route.method().equals("POST")) {
      parameters
          .addObject()
          .put("name", "Idempotency-Key")
          .put("in", "header")
          .putObject("schema")
          .put("type", "string");
    }
  }

  private static void responses(Route route, ObjectNode responses, Schemas schemas) {
    if (route.answer() != null) {
      var answer = responses.putObject(String.valueOf(route.status()));
      answer.put("description", route.summary());
      var content = answer.putObject("content").putObject(JSON);
      if (route.list()) {
        content
            .putObject("schema")
            .put("type", "array")
            .set("items", schemas.reference(route.answer()));
      } else {
        content.set("schema", schemas.reference(route.answer()));
      }
    } else {
      var status = route.method().equals("GET") ? "200" : "204";
      responses.putObject(status).put("description", route.summary());
    }
    responses.putObject("default").put("$ref", "#/components/responses/Problem");
  }

  // OpenAPI has no words for sockets; whoever makes types of this finds the frames here.
  private static ObjectNode sockets(Schemas schemas) {
    var sockets = object();
    sockets.put("path", "/ws").put("subprotocol", "signalbox.v1");
    var lane = sockets.putObject("lane");
    lane.set("welcome", schemas.reference(Frames.LaneWelcome.class));
    lane.set("reset", schemas.reference(Frames.Reset.class));
    lane.set("delta", schemas.reference(Frames.Delta.class));
    lane.set("item", schemas.reference(Frames.ItemNow.class));
    lane.putObject("fact").put("$ref", "#/components/schemas/Event");
    var list = sockets.putObject("list");
    list.set("welcome", schemas.reference(Frames.ListWelcome.class));
    list.set("change", schemas.reference(Change.class));
    list.set("agent.changed", schemas.reference(Frames.AgentChanged.class));
    list.set("process.changed", schemas.reference(Frames.ProcessChanged.class));
    list.set("notice", schemas.reference(Frames.NoticeFrame.class));
    var commands = sockets.putObject("commands");
    commands.set("hello", schemas.reference(LaneSocket.Hello.class));
    commands.set("turn", schemas.reference(Commands.TurnBody.class));
    commands.set("edit", schemas.reference(Commands.TurnPatch.class));
    commands.set("queue", schemas.reference(Commands.QueueBody.class));
    commands.set("interrupt", schemas.reference(Commands.InterruptBody.class));
    commands.set("answer", schemas.reference(Commands.AnswerBody.class));
    var answers = sockets.putObject("answers");
    answers.set("ack", schemas.reference(Frames.Ack.class));
    answers.set("error", schemas.reference(Frames.Failure.class));
    return sockets;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
