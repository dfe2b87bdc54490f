package dev.signalbox.agent.exec;

import dev.signalbox.agent.AgentEvents;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.jsonrpc.JsonLines;
import dev.signalbox.jsonrpc.Peer;
import dev.signalbox.jsonrpc.PeerHandler;
import dev.signalbox.process.Child;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a command prints, handed on line by line. What is no JSON is skipped.
final class CommandLines implements JsonLines.Handler {
  private static final Logger LOG = Logger.getLogger(CommandLines.class.getName());

  /// Platform threads, because they read a child's output without another thread between.
  private static final Peer.Options WIRE =
      new Peer.Options(
          Peer.Options.DEFAULT.maxLine(),
          Peer.Options.DEFAULT.queue(),
          false,
          Thread.ofPlatform().daemon().name("exec-", 0).factory());

  private final Dialect.Reading reading;
  private final AgentEvents out;
  private final JsonLines lines;
  private final CountDownLatch ended = new CountDownLatch(1);

  CommandLines(Child command, Dialect.Reading reading, AgentEvents out) {
    this.reading = reading;
    this.out = out;
    this.lines = new JsonLines(command.stdout(), OutputStream.nullOutputStream(), WIRE, this);
  }

  void start() {
    lines.start();
  }

  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /// After the end only, as [#end].
  @Nullable String nativeId() {
    return reading.nativeId();
  }

  @Nullable TurnResult end() {
    return reading.end();
  }

  @Override
  public void message(JsonNode message) throws InterruptedException {
    for (var event : reading.map(message)) {
      out.accept(event);
    }
  }

  @Override
  public void oddity(PeerHandler.Oddity oddity) {
    LOG.log(Level.FINE, "skipped a line: {0}", oddity.kind());
  }

  @Override
  public void ended() {
    ended.countDown();
  }
}
