package dev.signalbox.testkit.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testkit.fault.Fault.Side;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A client speaks through the proxy to a server that echoes.
class WireProxyTest {

  private ServerSocket echo;
  private WireProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::echo);
    proxy = WireProxy.to(echo.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  @Test
  void passesBytesBothWaysAndTheEnd() throws Exception {
    try (var client = client(proxy)) {
      client.getOutputStream().write("hello".getBytes(UTF_8));
      client.shutdownOutput();

      assertThat(client.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("hello");
    }
    await().until(() -> proxy.open() == 0);
  }

  @Test
  void cutsWithAReset() throws Exception {
    try (var client = client(proxy)) {
      say(client, "a");

      proxy.strike(new Fault.Cut());

      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void stallsWithoutAWordAndGoesOnWhenHealed() throws Exception {
    try (var client = client(proxy)) {
      say(client, "a");
      proxy.strike(new Fault.Stall());
      client.getOutputStream().write('b');
      client.setSoTimeout(200);

      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);

      proxy.heal();
      client.setSoTimeout(10_000);
      assertThat(client.getInputStream().read()).isEqualTo('b');
    }
  }

  @Test
  void endsOneDirectionOnly() throws Exception {
    try (var client = client(proxy)) {
      say(client, "a");

      proxy.strike(new Fault.HalfClose(Side.SERVER));
      client.setSoTimeout(10_000);

      // the server saw the end of its input and so ended its output, and that came through
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(client.isOutputShutdown()).isFalse();
    }
  }

  @Test
  void delaysWhatItPassesOn() throws Exception {
    try (var client = client(proxy)) {
      say(client, "a");
      proxy.strike(new Fault.Delay(Duration.ofMillis(150)));
      long start = System.nanoTime();

      say(client, "b");

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));
    }
  }

  @Test
  void throttles() throws Exception {
    try (var client = client(proxy)) {
      say(client, "a");
      proxy.strike(new Fault.Throttle(1_000));
      long start = System.nanoTime();

      say(client, "x".repeat(500));

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(350));
    }
  }

  @Test
  void playsTheWeatherOfEachConnection() throws Exception {
    var soon = Weather.always(new Weather.Step(Duration.ofMillis(50), new Fault.Cut()));
    try (var stormy = WireProxy.to(echo.getLocalPort(), soon);
        var client = client(stormy)) {
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void isAsRandomAsItsSeedSays() {
    List<Fault> faults =
        List.of(new Fault.Cut(), new Fault.Stall(), new Fault.HalfClose(Side.CLIENT));
    var one = Weather.random(new Seed(7), Duration.ofMillis(200), Duration.ofSeconds(2), faults);
    var same = Weather.random(new Seed(7), Duration.ofMillis(200), Duration.ofSeconds(2), faults);
    var other = Weather.random(new Seed(8), Duration.ofMillis(200), Duration.ofSeconds(2), faults);

    var steps = steps(one);

    assertThat(steps)
        .isEqualTo(steps(same))
        .isNotEqualTo(steps(other))
        .allSatisfy(step ->
            assertThat(step.getFirst().after())
                .isBetween(Duration.ofMillis(200), Duration.ofSeconds(2)));
  }

  @Test
  void resetsAClientWhoseTargetIsGone() throws Exception {
    echo.close();
    try (var client = client(proxy)) {
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  private static List<List<Weather.Step>> steps(Weather weather) {
    return IntStream.range(0, 50).mapToObj(weather::of).toList();
  }

  private static Socket client(WireProxy proxy) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
  }

  /// Says it and hears it back.
  private static void say(Socket client, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    client.getOutputStream().write(bytes);
    assertThat(client.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
  }

  private void echo() {
    while (true) {
      try {
        var socket = echo.accept();
        Thread.ofVirtual()
            .start(() -> {
              try (socket) {
                socket.getInputStream().transferTo(socket.getOutputStream());
              } catch (IOException cut) {
                // that is what these tests are about
              }
            });
      } catch (IOException closed) {
        return;
      }
    }
  }
}
