package dev.signalbox.cli;

import dev.signalbox.refusal.Refused;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `signalbox down`.
@Command(
    name = "down",
    description =
        "Stop the running server. Running turns end as interrupted, agents are ended; everything that"
            + " was said is there again after the next start.")
final class Down implements Callable<Integer> {
  /// Agents get up to 5 s to end, and the lanes some time to write down how their turns ended.
  private static final Duration LONGEST = Duration.ofSeconds(40);

  private static final long BETWEEN_LOOKS_MILLIS = 20;

  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  Down(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var server = RunningServer.require(common.context())) {
      var note = server.note();
      server.rest().post("/api/server/stop", Rest.object());
      var end = System.nanoTime() + LONGEST.toNanos();
      while (RunningServer.isAlive(note)) {
        if (System.nanoTime() > end) {
          throw Refused.unavailable(
              "not_stopped",
              "The server (pid %d) was asked to stop and still runs after %d s; look at its log in %s."
                  .formatted(note.pid(), LONGEST.toSeconds(), common.context().logs()));
        }
        Thread.sleep(BETWEEN_LOOKS_MILLIS);
      }
      if (common.json) {
        new Screen(host).json(Rest.object().put("pid", note.pid()).put("stopped", true));
      } else {
        new Screen(host).line("Signalbox (pid %d) is stopped.".formatted(note.pid()));
      }
      return 0;
    }
  }
}
