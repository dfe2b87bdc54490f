package dev.signalbox.jsonrpc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.JsonNode;

/// A peer under test, with the other end of its line in the hands of the test.
final class Line implements AutoCloseable {
  final Recorder recorder = new Recorder();
  final Peer peer;
  private final Socket near;
  private final Socket far;
  private final BufferedReader received;

  Line() throws IOException {
    this(Peer.Options.DEFAULT);
  }

  Line(Peer.Options options) throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      near = new Socket(server.getInetAddress(), server.getLocalPort());
      far = server.accept();
    }
    received =
        new BufferedReader(new InputStreamReader(far.getInputStream(), StandardCharsets.UTF_8));
    // As with a process's pipes, closing what we write does not close what we read.
    OutputStream out = near.getOutputStream();
    InputStream in = near.getInputStream();
    peer = Peer.start(in, new HalfClosing(out, near), options, recorder);
  }

  void says(String line) throws IOException {
    raw((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void raw(byte[] bytes) throws IOException {
    far.getOutputStream().write(bytes);
    far.getOutputStream().flush();
  }

  /// The next line the peer wrote, or null when it closed its output.
  String hears() throws IOException {
    return received.readLine();
  }

  void hangsUp() throws IOException {
    far.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    peer.close();
    near.close();
    far.close();
  }

  private static final class HalfClosing extends java.io.FilterOutputStream {
    private final Socket socket;

    HalfClosing(OutputStream out, Socket socket) {
      super(out);
      this.socket = socket;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      out.write(bytes, from, count);
    }

    @Override
    public void close() throws IOException {
      socket.shutdownOutput();
    }
  }

  /// Keeps what the peer handed over; calls are answered by the test.
  static final class Recorder implements PeerHandler {
    final List<String> notifications = new CopyOnWriteArrayList<>();
    final List<Call> calls = new CopyOnWriteArrayList<>();
    final List<Oddity> oddities = new CopyOnWriteArrayList<>();
    final List<String> ends = new CopyOnWriteArrayList<>();
    volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public void notification(String method, JsonNode params) throws InterruptedException {
      gate.await();
      if (method.equals("explode")) {
        throw new IllegalStateException("told to");
      }
      notifications.add(method + " " + params);
    }

    @Override
    public void request(Call call) {
      if (call.method().equals("explode")) {
        throw new IllegalStateException("told to");
      }
      calls.add(call);
    }

    @Override
    public void oddity(Oddity oddity) {
      oddities.add(oddity);
    }

    @Override
    public void ended() {
      ends.add("ended");
    }

    List<Oddity.Kind> kinds() {
      return oddities.stream().map(Oddity::kind).toList();
    }
  }
}
