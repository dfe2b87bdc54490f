package dev.signalbox.cli;

import dev.signalbox.config.DataFolder;
import dev.signalbox.config.RuntimeContext;
import dev.signalbox.refusal.Refused;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that every command takes.
final class CommonOptions {
  @Option(
      names = {"--agent", "--adapter"},
      paramLabel = "A",
      description =
          "An agent by its name in `signalbox agents`. `send` gives the prompt to it; where nothing"
              + " is started only what belongs to it is shown or touched.")
  @Nullable String agent;

  @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
  boolean json;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data folder (default: SIGNALBOX_DATA, else the platform's place).")
  @Nullable String data;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      defaultValue = "main",
      description = "The runtime context in it (default: ${DEFAULT-VALUE}).")
  String context = "main";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  private final Map<String, String> environment;

  CommonOptions(Map<String, String> environment) {
    this.environment = environment;
  }

  /// Makes nothing on the disk.
  ///
  /// @throws WrongCall when the name is not possible
  RuntimeContext context() {
    var folder = DataFolder.locate(data, environment);
    try {
      return folder.context(context);
    } catch (Refused e) {
      throw new WrongCall(e.detail());
    }
  }

  /// Whether something of that agent is meant.
  boolean means(String name) {
    return agent == null || agent.equals(name);
  }
}
