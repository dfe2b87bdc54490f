package dev.signalbox.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/// `signalbox` without a command: what is asked about Signalbox itself.
@Command(
    name = "signalbox",
    versionProvider = Signalbox.Version.class,
    description = {
      "",
      "Keeps coding agents warm, runs their turns in lanes and remembers everything. Without a"
          + " command it starts the server (`up`).",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "All commands but `up` and `doctor` need a running server; none needs the browser.",
      "Every command takes --agent, --json, --data and --context. `signalbox COMMAND --help`",
      "says more about one. Exit codes: 0 done, 1 failed, 2 a wrong call."
    })
final class Signalbox implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  boolean version;

  @Override
  public Integer call() {
    throw new IllegalStateException("is called with --help or --version only");
  }

  /// The version that the build wrote into the jar.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"Signalbox " + own()};
    }

    static String own() {
      var version = Signalbox.class.getPackage().getImplementationVersion();
      return version == null ? "development" : version;
    }
  }
}
