package dev.signalbox.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.http.HttpServer.Options;
import dev.signalbox.refusal.Refused;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Health, signing in and out, and who is signed in.
final class AuthRoutes {
  /// @param version only with credentials
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Health(String status, @Nullable String version) {}

  /// @param name of the device; null for one made of what the browser says it is
  record CodeBody(@Nullable String code, @Nullable String name) {}

  /// @param key goes with every request as `X-Signalbox-Key` and with sockets as a sub-protocol
  record SignedIn(String key, Principal device) {}

  record Me(Principal device, boolean control, String context, String version) {}

  /// @param current whether it is the caller's own
  record DeviceView(
      String id,
      String name,
      Instant createdAt,
      Instant lastSeenAt,
      Instant expiresAt,
      boolean current) {}

  /// @param expiresIn seconds
  record Link(String url, long expiresIn) {}

  private final Options options;
  private final Codes codes;
  private final Supplier<String> link;
  private final Runnable stop;

  AuthRoutes(Options options, Codes codes, Supplier<String> link, Runnable stop) {
    this.options = options;
    this.codes = codes;
    this.link = link;
    this.stop = stop;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/health", "Whether the server is up")
            .forAnyone()
            .answers(Health.class)
            .by(this::health),
        Route.post("/api/auth/code", "Exchange a one-time code for a cookie and a key")
            .forAnyone()
            .takes(CodeBody.class, 10_000)
            .answers(SignedIn.class)
            .by(this::signIn),
        Route.get("/api/auth/me", "Who the caller is").answers(Me.class).by(this::me),
        Route.get("/api/auth/devices", "The browsers that signed in")
            .answersListOf(DeviceView.class)
            .by(this::devices),
        Route.of("DELETE", "/api/auth/devices/{device}", "Sign a browser out and close its sockets")
            .evenWithoutControl()
            .by(this::revoke),
        Route.post("/api/auth/links", "A fresh one-time link, for programs of this computer only")
            .evenWithoutControl()
            .answers(Link.class)
            .by(this::link),
        Route.post("/api/server/stop", "End the server, for programs of this computer only")
            .evenWithoutControl()
            .answers(202, Health.class)
            .by(this::stop));
  }

  private Reply health(Call call) {
    var known = call.context().attribute(Gate.PRINCIPAL) != null;
    return Reply.ok(
        new Health(
            call.roomsOrNull() == null ? "starting" : "up", known ? options.version() : null));
  }

  private Reply signIn(Call call) throws Exception {
    var body = call.body(CodeBody.class);
    var devices = call.rooms().devices();
    if (body.code() == null) {
      throw Refused.invalid("missing_code", "Give the code of the link: {\"code\":\"…\"}.");
    }
    switch (codes.redeem(body.code())) {
      case TOO_MANY ->
          throw new HttpRefusal(
              429,
              "rate_codes",
              "Too many wrong codes: all are void. Wait a minute, then ask for a new link.");
      case WRONG ->
          throw new HttpRefusal(
              401,
              "wrong_code",
              "This link was used already or is older than 120 s. Ask for a new one: `signalbox open`.");
      case GOOD -> {}
    }
    var agent = call.context().header("User-Agent");
    var enrolled =
        devices.enroll(
            body.name() == null || body.name().isBlank()
                ? DeviceName.of(agent)
                : Call.brief(body.name().strip()));
    call.rooms().audit().note(enrolled.principal().name(), "sign-in", enrolled.principal().id());
    return new Reply.SignedIn(
        new SignedIn(enrolled.key(), enrolled.principal()), cookie(call, enrolled.cookie()));
  }

  // The cookie is sent anew, so that its 90 days slide in the browser as they do here.
  private Reply me(Call call) {
    var mine = call.context().cookie(Gate.cookieName(call.context().req().getLocalPort()));
    return new Reply.SignedIn(
        new Me(call.principal(), options.control(), options.context(), options.version()),
        call.principal().isLocal() || mine == null ? null : cookie(call, mine));
  }

  private static String cookie(Call call, String value) {
    return "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict"
        .formatted(
            Gate.cookieName(call.context().req().getLocalPort()), value, Devices.LIFE.toSeconds());
  }

  private Reply devices(Call call) {
    return Reply.ok(
        call.rooms().devices().list().stream()
            .map(d ->
                new DeviceView(
                    d.id(),
                    d.name(),
                    d.createdAt(),
                    d.lastSeenAt(),
                    d.expiresAt(),
                    d.id().equals(call.principal().id())))
            .toList());
  }

  private Reply revoke(Call call) {
    var id = call.path("device");
    call.rooms().devices().revoke(id);
    call.rooms().audit().note(call.principal().name(), "revoke", id);
    return new Reply.Nothing();
  }

  private Reply link(Call call) {
    requireLocal(call);
    return Reply.ok(new Link(link.get(), Codes.LIFE.toSeconds()));
  }

  private Reply stop(Call call) {
    requireLocal(call);
    var open = call.roomsOrNull();
    if (open != null) {
      open.audit().note(call.principal().name(), "stop", "");
    }
    var json = Wire.text(Map.of("status", "stopping")).getBytes(UTF_8);
    return (Reply.Stream)
        context -> {
          context.status(202).contentType("application/json");
          // With its length it is whole when it is flushed, before the connections are closed.
          context.res().setContentLength(json.length);
          context.res().getOutputStream().write(json);
          context.res().flushBuffer();
          Thread.ofVirtual().name("stop").start(stop);
        };
  }

  // A browser that was let in must not be able to let others in, or to end the server.
  private static void requireLocal(Call call) {
    if (!call.principal().isLocal()) {
      throw new HttpRefusal(
          403,
          "local_only",
          "Only programs of this computer that read the token file may do this.");
    }
  }
}
