package dev.signalbox.cli;

import dev.signalbox.config.RuntimeContext;
import dev.signalbox.process.Environment;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `signalbox doctor`.
@Command(
    name = "doctor",
    description =
        "Print everything a bug report needs: versions, folders and their permissions, disk space, how"
            + " agents are kept on the life-line, agents, settings, the server. Nothing secret is in"
            + " it, and your home folder is written as ~. Works without a running server.")
final class Doctor implements Callable<Integer> {
  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  Doctor(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    var context = common.context();
    var report = new Report(host.environment().getOrDefault("HOME", ""));
    MachineCheck.versions(report);
    try (var tools = Tools.open(Environment.of(host.environment()))) {
      tools.versions(report);
      places(report, context);
      tools.lifeLine(report);
    }
    ServerCheck.check(report, context, common.agent);
    if (common.json) {
      new Screen(host).json(report.json());
    } else {
      report.lines().forEach(new Screen(host)::line);
    }
    return 0;
  }

  private static void places(Report report, RuntimeContext context) {
    PlacesCheck.folders(report, context);
    PlacesCheck.settings(report, context.data());
  }
}
