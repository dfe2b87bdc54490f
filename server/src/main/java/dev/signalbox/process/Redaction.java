package dev.signalbox.process;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Masks secrets in text that leaves a child by a side door (standard error, error messages).
///
/// Two nets: the values of the child's own variables whose names say that they are secret, and the
/// usual shapes of keys, tokens, passwords in URLs and private keys. Immutable; any thread.
public final class Redaction {
  private static final String MASK = "***";
  private static final int SHORTEST_SECRET = 8;
  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "key|token|secret|passw|passphrase|credential|auth(?!or)|cookie",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern PRIVATE_KEY =
      Pattern.compile(
          "-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\\z)",
          Pattern.DOTALL);
  private static final Pattern REST_OF_PRIVATE_KEY =
      Pattern.compile("\\A.*-----END [A-Z ]*PRIVATE KEY-----", Pattern.DOTALL);
  private static final Pattern WELL_KNOWN =
      Pattern.compile(
          "\\b(?:sk-[\\w-]{8,}|gh[pousr]_\\w{16,}|github_pat_\\w{16,}|glpat-[\\w-]{16,}"
              + "|xox[a-z]-[\\w-]{8,}|A[KS]IA[0-9A-Z]{12,}|AIza[\\w-]{20,}|ya29\\.[\\w-]{10,}"
              + "|hf_\\w{16,}|npm_\\w{16,}|eyJ[\\w-]{6,}\\.[\\w-]{6,}(?:\\.[\\w-]*)?)");
  private static final Pattern BEARER =
      Pattern.compile("(\\bbearer\\s+)[\\w+/=.~-]{16,}", Pattern.CASE_INSENSITIVE);
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "(\\b(?:proxy-)?authorization[\"']?\\s*[:=]\\s*[\"']?)[^\"'\\r\\n]+",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern PASSWORD =
      Pattern.compile(
          "((?:passw(?:or)?d|passphrase)[\"']?\\s*[:=]\\s*[\"']?)[^\\s\"',;&]+",
          Pattern.CASE_INSENSITIVE);

  /// Every search ahead is bounded, or a hostile line would take minutes. A value needs a digit, or
  /// "unexpected token: identifier" would lose its sense; a bare number is a count.
  private static final Pattern ASSIGNMENT =
      Pattern.compile(
          "((?:key|token|secret|credential|cookie)s?[\"']?\\s*[:=]\\s*[\"']?)"
              + "(?!\\d+(?:[\\s\"',;&]|\\z))(?=[^\\s\"',;&]{0,200}\\d)[^\\s\"',;&]{8,}",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern URL_PASSWORD =
      Pattern.compile("(://)[^/\\s:@]{0,200}:[^/\\s@]{1,400}@");

  private final List<String> secrets;

  private Redaction(List<String> secrets) {
    this.secrets = secrets;
  }

  /// Also masks the values of those variables of `environment` whose names say that they are
  /// secret.
  public static Redaction knowing(Map<String, String> environment) {
    return new Redaction(
        environment.entrySet().stream()
            .filter(variable -> SECRET_NAME.matcher(variable.getKey()).find())
            .map(Map.Entry::getValue)
            .filter(value -> value.length() >= SHORTEST_SECRET)
            .distinct()
            // A value that holds another one goes first, or its rest would stay.
            .sorted((a, b) -> b.length() - a.length())
            .toList());
  }

  /// `text` with every secret that is recognised replaced by `***`.
  public String mask(String text) {
    String masked = text;
    for (String secret : secrets) {
      masked = masked.replace(secret, MASK);
    }
    masked = PRIVATE_KEY.matcher(masked).replaceAll(MASK);
    masked = REST_OF_PRIVATE_KEY.matcher(masked).replaceAll(MASK);
    masked = WELL_KNOWN.matcher(masked).replaceAll(MASK);
    masked = AUTHORIZATION.matcher(masked).replaceAll("$1" + MASK);
    masked = BEARER.matcher(masked).replaceAll("$1" + MASK);
    masked = PASSWORD.matcher(masked).replaceAll("$1" + MASK);
    masked = ASSIGNMENT.matcher(masked).replaceAll("$1" + MASK);
    return URL_PASSWORD.matcher(masked).replaceAll("$1" + MASK + "@");
  }
}
