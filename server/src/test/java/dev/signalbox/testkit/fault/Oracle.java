package dev.signalbox.testkit.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/// A process of its own that keeps what clients were told. When [Witness#record] has returned, the
/// testimony is on disk and outlives the server, the client and the test. Many witnesses may speak
/// at once; each is for one thread.
public final class Oracle implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Process process;
  private final Path file;
  private final int port;

  private Oracle(Process process, Path file, int port) {
    this.process = process;
    this.file = file;
    this.port = port;
  }

  /// Starts one that appends to `file`; what the file holds already stays.
  public static Oracle start(Path file) {
    try {
      var process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  OracleProcess.class.getName(),
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String port = process.inputReader().readLine();
      if (port == null) {
        throw new IllegalStateException("the oracle did not start");
      }
      return new Oracle(process, file, Integer.parseInt(port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One client's line to the oracle.
  public Witness witness() {
    try {
      return new Witness(new Socket(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public long pid() {
    return process.pid();
  }

  /// All that was ever recorded, in the order it came to the disk.
  public List<Testimony> testimonies() {
    return read(file);
  }

  static List<Testimony> read(Path file) {
    try (var lines = Files.lines(file)) {
      // A line without its end was never acknowledged to the witness, so it is nobody's loss.
      return lines
          .filter(line -> line.endsWith("}"))
          .map(line -> JSON.readValue(line, Testimony.class))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        throw new IllegalStateException("oracle " + process.pid() + " does not die");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Speaks for one client, on one thread.
  public static final class Witness implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader replies;

    private Witness(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      this.replies = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    /// Returns when all of them are on disk.
    ///
    /// @throws UncheckedIOException when the oracle is gone
    public void record(Testimony... testimonies) {
      try {
        var lines = new StringBuilder();
        for (var testimony : testimonies) {
          lines.append(JSON.writerFor(Testimony.class).writeValueAsString(testimony)).append('\n');
        }
        socket.getOutputStream().write(lines.append('\n').toString().getBytes(UTF_8));
        if (!"kept".equals(replies.readLine())) {
          throw new IOException("the oracle hung up");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
