package dev.signalbox.cli;

import dev.signalbox.process.Bystander;
import dev.signalbox.process.Command;
import dev.signalbox.process.StartFailed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The user's own browser.
///
/// The link is on its command line, where other users of the computer may see it for a moment. It
/// is good once and for two minutes, and the browser uses it up at once; a file that leads there
/// would hide it better, but packaged browsers may not read the folders it could lie in.
final class Browser {
  private final Map<String, String> environment;

  Browser(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /// Does nothing where there is no display; a browser that does not start is no failure, because
  /// the link was printed.
  void open(String link) {
    var opener = opener();
    if (opener.isEmpty()) {
      return;
    }
    try {
      Bystander.start(new Command(List.of(opener, link), Path.of("/"), environment), null);
    } catch (StartFailed e) {
      // the link was printed
    }
  }

  private String opener() {
    if (System.getProperty("os.name", "").startsWith("Mac")) {
      return environment.containsKey("SSH_CONNECTION") ? "" : "open";
    }
    if (environment.containsKey("WSL_DISTRO_NAME")) {
      return "wslview";
    }
    return has("DISPLAY") || has("WAYLAND_DISPLAY") ? "xdg-open" : "";
  }

  private boolean has(String name) {
    return !environment.getOrDefault(name, "").isBlank();
  }
}
