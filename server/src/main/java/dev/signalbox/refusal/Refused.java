package dev.signalbox.refusal;

import org.jspecify.annotations.Nullable;

/// A request that was not carried out, and nothing was changed.
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What the caller should do about it; the edge maps each to a status.
  public enum Kind {
    /// There is no such thing (404).
    NOT_FOUND,
    /// The request makes no sense as it stands (422).
    INVALID,
    /// It collides with what is (409).
    CONFLICT,
    /// It was possible once and never will be again (410).
    GONE,
    /// Too many or too much (413, or 429 for rates).
    TOO_LARGE,
    /// Not allowed by a switch of the user's (403).
    FORBIDDEN,
    /// Not now: disk full, shutting down (503).
    UNAVAILABLE
  }

  private final Kind kind;
  private final String code;
  private final transient @Nullable Object extra;

  /// @param code stable, `[a-z_]+`, for programs
  /// @param detail for people: what was wrong, with the value, and what to do
  /// @param extra serialised beside the other fields under the name `extra`, or null
  public Refused(Kind kind, String code, String detail, @Nullable Object extra) {
    super(detail);
    this.kind = kind;
    this.code = code;
    this.extra = extra;
  }

  public static Refused notFound(String code, String detail) {
    return new Refused(Kind.NOT_FOUND, code, detail, null);
  }

  public static Refused invalid(String code, String detail) {
    return new Refused(Kind.INVALID, code, detail, null);
  }

  public static Refused conflict(String code, String detail) {
    return new Refused(Kind.CONFLICT, code, detail, null);
  }

  public static Refused gone(String code, String detail) {
    return new Refused(Kind.GONE, code, detail, null);
  }

  public static Refused unavailable(String code, String detail) {
    return new Refused(Kind.UNAVAILABLE, code, detail, null);
  }

  public Kind kind() {
    return kind;
  }

  public String code() {
    return code;
  }

  /// The English sentence; never null.
  public String detail() {
    return java.util.Objects.requireNonNull(getMessage());
  }

  public @Nullable Object extra() {
    return extra;
  }
}
