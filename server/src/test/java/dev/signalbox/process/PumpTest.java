package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The way of bytes between a pipe that blocks and a virtual thread that parks.
final class PumpTest {
  private static final Executor PUMPS = pump -> Thread.ofPlatform().daemon().start(pump);

  @Test
  void anIdleAgentHoldsUpNoVirtualThread(@TempDir Path runs) throws Exception {
    String said =
        Machine.run(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djdk.virtualThreadScheduler.parallelism=1",
            "-Djdk.virtualThreadScheduler.maxPoolSize=1",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            IdleServer.class.getName(),
            runs.toString());

    assertThat(said).isEqualTo("a reader runs\nanybody else runs\nthe end runs\n");
  }

  @Test
  void everyByteArrivesInOrder() throws Exception {
    var bytes = new byte[1_000_003];
    new Random(7).nextBytes(bytes);
    var input = new PumpedInput(new ByteArrayInputStream(bytes), PUMPS);
    var received = new ByteArrayOutputStream();
    var output = new PumpedOutput(received);
    Thread out = Thread.ofPlatform().start(output::pump);

    Thread.ofVirtual()
        .start(() -> {
          try (output) {
            input.transferTo(output);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        })
        .join();

    out.join();
    assertThat(received.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void aPlatformThreadReadsForItself() throws Exception {
    var input =
        new PumpedInput(
            new ByteArrayInputStream(new byte[] {1, 2, 3}),
            pump -> {
              throw new AssertionError("pumped");
            });

    assertThat(input.readNBytes(2)).containsExactly(1, 2);
    input.close();

    assertThat(input.readAllBytes()).containsExactly(3);
  }

  @Test
  void aReaderThatLeftDoesNotHoldUpTheOtherSide() throws Exception {
    var pipe = new ByteArrayInputStream(new byte[1_000_000]);
    var input = new PumpedInput(pipe, PUMPS);
    Thread.ofVirtual().start(() -> failure(input::read)).join();
    await().until(() -> pipe.available() < 1_000_000);

    input.close();

    await().until(() -> pipe.available() == 0);
  }

  @Test
  void whoWaitsForBytesOrForRoomCanBeInterrupted() throws Exception {
    var thrown = new ArrayBlockingQueue<Exception>(2);
    var input = new PumpedInput(new PipedInputStream(new PipedOutputStream()), PUMPS);
    var output = new PumpedOutput(new ByteArrayOutputStream()); // nobody pumps
    Thread reader = Thread.ofVirtual().start(() -> thrown.add(failure(input::read)));
    Thread writer =
        Thread.ofVirtual()
            .start(() ->
                thrown.add(
                    failure(() -> {
                      output.write(new byte[100_000]);
                      return 0;
                    })));
    await().until(() -> reader.getState() == Thread.State.WAITING);
    await().until(() -> writer.getState() == Thread.State.WAITING);

    reader.interrupt();
    writer.interrupt();

    assertThat(thrown.poll(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
    assertThat(thrown.poll(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
  }

  private interface Attempt {
    int run() throws IOException;
  }

  private static Exception failure(Attempt attempt) {
    try {
      return new IllegalStateException("it returned " + attempt.run());
    } catch (IOException e) {
      return e;
    }
  }

  @Test
  void afterTheEndAWriteFails() throws Exception {
    var output = new PumpedOutput(new ByteArrayOutputStream());
    Thread pump = Thread.ofPlatform().start(output::pump);

    output.close();
    pump.join();

    assertThatThrownBy(() -> output.write(1)).isInstanceOf(IOException.class);
  }
}
