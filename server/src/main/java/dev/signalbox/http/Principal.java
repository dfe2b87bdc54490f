package dev.signalbox.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Who a request comes from.
///
/// @param id of the device; `local` for programs of the user that read the token file
/// @param name as shown to people
/// @param expiresAt when a browser must sign in again unless it comes back before; null for `local`
@JsonInclude(JsonInclude.Include.NON_NULL)
record Principal(String id, String name, @Nullable Instant expiresAt) {
  static final Principal LOCAL = new Principal("local", "this computer", null);

  boolean isLocal() {
    return id.equals(LOCAL.id);
  }
}
