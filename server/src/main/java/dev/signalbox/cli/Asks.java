package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.JsonNodeFactory;

/// `signalbox asks`.
@Command(
    name = "asks",
    description =
        "List the open asks: what agents want to know or may do, and the options to answer with.")
final class Asks implements Callable<Integer> {
  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  Asks(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var server = RunningServer.require(common.context())) {
      if (common.agent != null) {
        References.requireAgent(server, common.agent);
      }
      var asks =
          References.list(server.rest().get("/api/asks?state=open")).stream()
              .filter(ask -> common.means(text(ask, "agent")))
              .toList();
      var screen = new Screen(host);
      if (common.json) {
        screen.json(JsonNodeFactory.instance.arrayNode().addAll(asks));
      } else if (asks.isEmpty()) {
        screen.line("No open asks.");
      } else {
        asks.forEach(ask -> AskCard.lines(ask).forEach(screen::line));
      }
      return 0;
    }
  }
}
