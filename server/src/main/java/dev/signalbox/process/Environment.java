package dev.signalbox.process;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Builds the environment of a child: what is on the allow-list of the server's own, and overlays.
///
/// A secret of the server (a key in its environment, an agent's socket) does not reach a child
/// unless an overlay names it.
public final class Environment {
  /// Who the user is, where programs and temporary files are, how text looks, how the network is
  /// reached. The last rows say where a developer's tool chains live; they are paths, not secrets.
  private static final Set<String> NAMES =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "LANG",
          "LANGUAGE",
          "TERM",
          "COLORTERM",
          "TMPDIR",
          "TMP",
          "TEMP",
          "TZ",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "ALL_PROXY",
          "NO_PROXY",
          "FTP_PROXY",
          "http_proxy",
          "https_proxy",
          "all_proxy",
          "no_proxy",
          "ftp_proxy",
          "NODE_EXTRA_CA_CERTS",
          "REQUESTS_CA_BUNDLE",
          "CURL_CA_BUNDLE",
          "GIT_SSL_CAINFO",
          "JAVA_HOME",
          "GOROOT",
          "GOPATH",
          "CARGO_HOME",
          "RUSTUP_HOME",
          "NVM_DIR",
          "NVM_BIN",
          "PYENV_ROOT",
          "VIRTUAL_ENV",
          "CONDA_PREFIX",
          "RBENV_ROOT",
          "SDKMAN_DIR",
          "VOLTA_HOME",
          "PNPM_HOME",
          "BUN_INSTALL",
          "ANDROID_HOME",
          "HOMEBREW_PREFIX",
          "WSL_DISTRO_NAME");

  private static final List<String> PREFIXES = List.of("LC_", "XDG_", "SSL_CERT_");

  private Environment() {}

  /// The allowed part of `server` under the overlays; of two values for a name the later one wins.
  ///
  /// @param server the server's own environment, as it was given to the server
  /// @param overlays added whole and in this order: the caller vouches for them
  @SafeVarargs
  public static Map<String, String> of(
      Map<String, String> server, Map<String, String>... overlays) {
    var built = new TreeMap<String, String>();
    server.forEach((name, value) -> {
      if (allowed(name)) {
        built.put(name, value);
      }
    });
    for (Map<String, String> overlay : overlays) {
      built.putAll(overlay);
    }
    return Map.copyOf(built);
  }

  private static boolean allowed(String name) {
    return NAMES.contains(name) || PREFIXES.stream().anyMatch(name::startsWith);
  }
}
