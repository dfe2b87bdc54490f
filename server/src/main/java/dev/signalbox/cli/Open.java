package dev.signalbox.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `signalbox open`.
@Command(
    name = "open",
    description =
        "Print a fresh link to the running server and open it in the browser when there is a display."
            + " The link signs one browser in, once, within two minutes.")
final class Open implements Callable<Integer> {
  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  @Option(names = "--no-open", description = "Print the link only.")
  boolean noOpen;

  Open(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var server = RunningServer.require(common.context())) {
      var link = Links.fresh(server);
      if (common.json) {
        new Screen(host).json(Rest.object().put("link", link));
      } else {
        new Screen(host).line(link);
      }
      if (!noOpen) {
        new Browser(host.environment()).open(link);
      }
      return 0;
    }
  }
}
