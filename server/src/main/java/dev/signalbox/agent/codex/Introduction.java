package dev.signalbox.agent.codex;

import dev.signalbox.agent.wire.Json;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What Codex says of itself. Pure.
final class Introduction {
  private static final Pattern VERSION = Pattern.compile("^[^/]*/(\\d[0-9A-Za-z.+-]*)");

  private Introduction() {}

  /// Its version is in the name it gives itself towards servers: `signalbox/0.169.0 (Debian …`.
  static @Nullable String version(JsonNode answer) {
    var found = VERSION.matcher(Json.text(answer, "userAgent", ""));
    return found.find() ? found.group(1) : null;
  }

  /// Whether its provider wants a login and there is none. An answer that says nothing of it is
  /// taken as "no": providers of one's own want none.
  static boolean wantsLogin(JsonNode account) {
    return Json.flag(account, "requiresOpenaiAuth") && !Json.tells(account.path("account"));
  }
}
