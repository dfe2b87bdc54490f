package dev.signalbox.http;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Decides from what a request carries who it comes from. Any thread may call.
final class Access {
  /// What a request carries.
  ///
  /// @param authorization the header as it came
  /// @param cookie the value of our cookie
  /// @param key the origin-bound key
  /// @param place where it comes from: the remote address
  record Credentials(
      @Nullable String authorization, @Nullable String cookie, @Nullable String key, String place) {

    boolean none() {
      return authorization == null && cookie == null;
    }

    /// Whether the browser sent these by itself, so that any page could have caused it.
    boolean ambient() {
      return authorization == null && cookie != null;
    }
  }

  sealed interface Verdict {
    record Granted(Principal principal) implements Verdict {}

    record Denied(ProblemBody problem) implements Verdict {}
  }

  private static final ProblemBody UNKNOWN =
      ProblemBody.of(401, "credentials", "Sign in first: open a link of `signalbox open`.");
  private static final ProblemBody TOO_MANY =
      ProblemBody.of(429, "rate_credentials", "Too many wrong credentials. Wait a minute.");
  private static final ProblemBody STARTING =
      ProblemBody.of(503, "starting", "Signalbox is starting. Try again in a second.");
  private static final String BEARER = "Bearer ";

  private final String tokenHash;
  private final WrongTries wrong;
  private volatile @Nullable Devices devices;

  Access(String token, LongSupplier nanos) {
    this.tokenHash = Secrets.hash(token);
    this.wrong = new WrongTries(nanos);
  }

  /// From now on browsers can be told apart too.
  void know(Devices devices) {
    this.devices = devices;
  }

  Verdict check(Credentials credentials) {
    if (credentials.none()) {
      return new Verdict.Denied(UNKNOWN);
    }
    if (credentials.ambient() && devices == null) {
      return new Verdict.Denied(STARTING);
    }
    var principal = credentials.ambient() ? browser(credentials) : program(credentials);
    if (principal != null) {
      return new Verdict.Granted(principal);
    }
    return new Verdict.Denied(wrong.tooMany(credentials.place()) ? TOO_MANY : UNKNOWN);
  }

  private @Nullable Principal program(Credentials credentials) {
    var header = credentials.authorization();
    return header != null
            && header.startsWith(BEARER)
            && Secrets.same(Secrets.hash(header.substring(BEARER.length())), tokenHash)
        ? Principal.LOCAL
        : null;
  }

  private @Nullable Principal browser(Credentials credentials) {
    var known = devices;
    return known == null || credentials.cookie() == null || credentials.key() == null
        ? null
        : known.find(credentials.cookie(), credentials.key()).orElse(null);
  }
}
