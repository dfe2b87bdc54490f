package dev.signalbox.testkit.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/// The oracle's own process: appends lines to a file, forces them to the disk, says `kept`. A group
/// of lines ends with an empty one. Prints its port on the first line and lives until it is killed.
final class OracleProcess {

  private final FileChannel file;
  private final ReentrantLock lock = new ReentrantLock();

  private OracleProcess(FileChannel file) {
    this.file = file;
  }

  public static void main(String[] args) throws IOException {
    try (var file = FileChannel.open(Path.of(args[0]), CREATE, APPEND);
        var listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
      System.out.println(listener.getLocalPort());
      var oracle = new OracleProcess(file);
      while (true) {
        var socket = listener.accept();
        Thread.ofVirtual().start(() -> oracle.listen(socket));
      }
    }
  }

  private void listen(Socket socket) {
    try (socket) {
      var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      var group = new StringBuilder();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.isEmpty()) {
          append(group.toString());
          group.setLength(0);
          socket.getOutputStream().write("kept\n".getBytes(UTF_8));
        } else {
          group.append(line).append('\n');
        }
      }
    } catch (IOException e) {
      // The witness is gone; what it was told `kept` is kept.
    }
  }

  /// The lock is held while the disk works: that is what makes a group one whole, and this process
  /// does nothing else.
  private void append(String lines) throws IOException {
    lock.lock();
    try {
      var bytes = ByteBuffer.wrap(lines.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(false);
    } finally {
      lock.unlock();
    }
  }
}
