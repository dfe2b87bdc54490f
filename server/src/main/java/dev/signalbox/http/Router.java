package dev.signalbox.http;

import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.http.Idempotency.Done;
import dev.signalbox.refusal.Refused;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries calls out as the route table says and turns what they answer or throw into responses.
final class Router {
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);
  private static final Principal NOBODY = new Principal("nobody", "nobody", null);

  private final List<Route> routes;
  private final boolean control;
  private final Body body;
  private volatile @Nullable Open rooms;
  private volatile @Nullable Idempotency idempotency;

  Router(List<Route> routes, boolean control, Body body) {
    this.routes = List.copyOf(routes);
    this.control = control;
    this.body = body;
  }

  List<Route> routes() {
    return routes;
  }

  Set<String> openRoutes() {
    return routes.stream()
        .filter(Route::anyone)
        .map(route -> route.method() + " " + route.path())
        .collect(Collectors.toSet());
  }

  void open(Open rooms, Idempotency idempotency) {
    this.idempotency = idempotency;
    this.rooms = rooms;
  }

  void register(RoutesConfig config) {
    for (var route : routes) {
      config.addHttpHandler(
          HandlerType.findOrCreate(route.method()),
          route.path(),
          context -> handle(context, route));
    }
    config.error(404, this::noSuchRoute);
    config.error(405, this::noSuchMethod);
  }

  private void handle(Context context, Route route) {
    try {
      write(context, answer(context, route));
    } catch (Exception e) {
      write(context, problem(e));
    }
  }

  private Reply answer(Context context, Route route) throws Exception {
    Principal principal = context.attribute(Gate.PRINCIPAL);
    if (principal == null && !route.anyone()) {
      // The gate lets nobody through to here; should it ever, this is the second lock.
      throw new HttpRefusal(401, "credentials", "Sign in first.");
    }
    if (route.control() && !control) {
      throw controlOff();
    }
    var caller = principal == null ? NOBODY : principal;
    var call = new Call(context, route, caller, rooms, body);
    var key = context.header("Idempotency-Key");
    if (key == null || !route.method().equals("POST") || isDoneAnew(route)) {
      return route.handler().handle(call);
    }
    return once(call, route, key);
  }

  static HttpRefusal controlOff() {
    return new HttpRefusal(
        403,
        "control_off",
        "Control is switched off for this server: nothing is started, changed or answered.");
  }

  // Prompts and answers are kept by their clientId. A link must not lie in the database, and to
  // stop
  // twice is to stop.
  private static boolean isDoneAnew(Route route) {
    return !route.control() || hasOwnKey(route);
  }

  private static boolean hasOwnKey(Route route) {
    return route.body() != null && ClientNamed.class.isAssignableFrom(route.body());
  }

  private Reply once(Call call, Route route, String key) throws Exception {
    call.rooms();
    var keeper = idempotency;
    if (keeper == null || route.anyone()) {
      return route.handler().handle(call);
    }
    var done =
        keeper.once(
            key,
            call.principal(),
            "POST " + call.context().path(),
            () -> done(route.handler().handle(call)));
    return done.body().isEmpty() ? new Reply.Nothing() : new Reply.Raw(done.status(), done.body());
  }

  private static Done done(Reply reply) {
    return switch (reply) {
      case Reply.Json json -> new Done(json.status(), Wire.text(json.body()));
      case Reply.Raw raw -> new Done(raw.status(), raw.json());
      case Reply.Nothing _ -> new Done(204, "");
      case Reply.SignedIn _ -> throw new IllegalStateException("a sign-in is not kept");
      case Reply.Stream _ -> throw new IllegalStateException("a stream is not kept");
    };
  }

  private static void write(Context context, Reply reply) {
    switch (reply) {
      case Reply.Json json -> json(context, json.status(), Wire.text(json.body()));
      case Reply.Raw raw -> json(context, raw.status(), raw.json());
      case Reply.Nothing _ -> context.status(204);
      case Reply.SignedIn in -> {
        if (in.cookie() != null) {
          context.header("Set-Cookie", in.cookie());
        }
        json(context, 200, Wire.text(in.body()));
      }
      case Reply.Stream stream -> stream(context, stream);
    }
  }

  private static void stream(Context context, Reply.Stream stream) {
    try {
      stream.write(context);
    } catch (Exception e) {
      if (context.res().isCommitted()) {
        LOG.info("stream ended: {}", e.toString());
      } else {
        write(context, problem(e));
      }
    }
  }

  private static void write(Context context, ProblemBody problem) {
    switch (problem.status()) {
      case 503 -> context.header("Retry-After", "1");
      case 408 -> context.header("Connection", "close"); // what comes yet would be no request
      default -> {}
    }
    context.status(problem.status()).contentType(ProblemBody.TYPE).result(Wire.text(problem));
  }

  private static void json(Context context, int status, String json) {
    context.status(status).contentType("application/json").result(json);
  }

  /// The one place where what a room throws becomes what a client sees.
  static ProblemBody problem(Exception e) {
    return switch (e) {
      case Refused refused -> ProblemBody.of(refused);
      case HttpRefusal refusal -> refusal.problem();
      case AgentUnavailable gone ->
          ProblemBody.of(503, "agent_unavailable", gone.problem().detail(), gone.problem());
      case org.eclipse.jetty.http.HttpException bad ->
          ProblemBody.of(bad.getCode(), "bad_request", "The request is not as HTTP wants it.");
      case null, default -> {
        var incident = UUID.randomUUID().toString();
        LOG.error("incident={}", incident, e);
        yield ProblemBody.of(
            500,
            "internal",
            "Something went wrong inside Signalbox; the log says more under %s."
                .formatted(incident));
      }
    };
  }

  private void noSuchRoute(Context context) {
    if (context.result() == null || !ProblemBody.TYPE.equals(context.res().getContentType())) {
      write(
          context,
          ProblemBody.of(
              404,
              "unknown_route",
              "There is nothing at %s. What there is: /api/openapi.json"
                  .formatted(Call.brief(context.path()))));
    }
  }

  private void noSuchMethod(Context context) {
    write(
        context,
        ProblemBody.of(
            405,
            "unknown_method",
            "%s is not possible at %s.".formatted(context.method(), Call.brief(context.path()))));
  }
}
