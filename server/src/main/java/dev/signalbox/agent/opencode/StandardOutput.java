package dev.signalbox.agent.opencode;

import dev.signalbox.process.Child;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads what the server prints: where it listens, and whatever follows into nothing, so that the
/// pipe never fills. On a platform thread, because it blocks in a child's pipe.
final class StandardOutput {
  private static final Pattern LISTENS = Pattern.compile("listening on (http://\\S+)");
  private static final int LONGEST_LINE = 8 * 1024;

  private final Child child;
  private final CountDownLatch told = new CountDownLatch(1);
  private volatile @Nullable URI address;

  private StandardOutput(Child child) {
    this.child = child;
  }

  static StandardOutput of(Child child) {
    var output = new StandardOutput(child);
    Thread.ofPlatform().daemon().name("opencode-out-" + child.pid()).start(output::read);
    return output;
  }

  /// Waits until the server said where it listens; null when it did not within the limit, or ended.
  @Nullable URI address(Duration limit) throws InterruptedException {
    return told.await(limit.toMillis(), TimeUnit.MILLISECONDS) ? address : null;
  }

  private void read() {
    try (var in = new BufferedInputStream(child.stdout())) {
      var line = new ByteArrayOutputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next != '\n') {
          if (line.size() < LONGEST_LINE) {
            line.write(next);
          }
        } else {
          look(line.toString(StandardCharsets.UTF_8));
          line.reset();
        }
      }
    } catch (IOException e) {
      // The child is gone, and whoever waits learns that from it.
    } finally {
      told.countDown();
    }
  }

  private void look(String line) {
    if (address == null) {
      address = address(line);
      if (address != null) {
        told.countDown();
      }
    }
  }

  /// The address in a line; only one on this machine, because it will be given the password.
  static @Nullable URI address(String line) {
    var found = LISTENS.matcher(line);
    if (!found.find()) {
      return null;
    }
    try {
      var uri = URI.create(found.group(1));
      var host = uri.getHost();
      return host != null && uri.getPort() > 0 && InetAddress.getByName(host).isLoopbackAddress()
          ? uri
          : null;
    } catch (IllegalArgumentException | UnknownHostException e) {
      return null;
    }
  }
}
