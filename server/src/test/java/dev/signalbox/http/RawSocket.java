package dev.signalbox.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A WebSocket as bytes: for a client that does not read, or answers no ping. It reads only when it
/// is asked to, and answers nothing by itself.
final class RawSocket implements AutoCloseable {
  private static final int PATIENCE_MS = 30_000;
  private static final int SMALL = 16 << 10;
  private static final int TEXT = 1;
  private static final int CONTINUED = 0;
  private static final int CLOSE = 8;

  private final Socket socket;
  private final DataInputStream in;
  private int closeCode = -1;

  /// With little room for what is not read.
  static RawSocket connect(Edge edge, String... protocols) throws IOException {
    var socket = new Socket();
    socket.setReceiveBufferSize(SMALL);
    socket.setSoTimeout(PATIENCE_MS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), edge.port()));
    return new RawSocket(socket, edge.port(), protocols);
  }

  private RawSocket(Socket socket, int port, String... protocols) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 10));
    var offers =
        Stream.concat(Stream.of("signalbox.v1"), Arrays.stream(protocols))
            .collect(Collectors.joining(", "));
    var head =
        """
        GET /ws HTTP/1.1
        Host: 127.0.0.1:%d
        Authorization: Bearer %s
        Connection: Upgrade
        Upgrade: websocket
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==
        Sec-WebSocket-Protocol: %s

        """
            .formatted(port, Edge.TOKEN, offers);
    socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(ISO_8859_1));
    var answer = RawHttp.read(in);
    if (answer.status() != 101) {
      throw new IOException("no upgrade: " + answer);
    }
  }

  /// A short message, masked with zeros, as a client's must be masked.
  void say(String text) throws IOException {
    var payload = text.getBytes(UTF_8);
    if (payload.length > 125) {
      throw new IllegalArgumentException("too long for this client: " + text);
    }
    var frame = ByteBuffer.allocate(6 + payload.length);
    frame.put((byte) (0x80 | TEXT)).put((byte) (0x80 | payload.length)).putInt(0).put(payload);
    socket.getOutputStream().write(frame.array());
  }

  /// A message of so many letters, each in a frame of its own. It has no end.
  void sayInPieces(int pieces) throws IOException {
    var frames = ByteBuffer.allocate(7 * pieces);
    for (int i = 0; i < pieces; i++) {
      frames.put((byte) (i == 0 ? TEXT : CONTINUED)).put((byte) (0x80 | 1)).putInt(0);
      frames.put((byte) 'x');
    }
    socket.getOutputStream().write(frames.array());
  }

  /// The next message; empty once the server closed.
  Optional<JsonNode> next() throws IOException {
    var message = new ByteArrayOutputStream();
    while (true) {
      int first = in.readUnsignedByte();
      var payload = new byte[length(in.readUnsignedByte())];
      in.readFully(payload);
      switch (first & 0x0f) {
        case TEXT, CONTINUED -> message.writeBytes(payload);
        case CLOSE -> {
          closeCode = payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
          return Optional.empty();
        }
        default -> {
          continue; // a ping, which is not answered
        }
      }
      if ((first & 0x80) != 0) {
        return Optional.of(Wire.JSON.readTree(message.toByteArray()));
      }
    }
  }

  private int length(int second) throws IOException {
    return switch (second) {
      case 126 -> in.readUnsignedShort();
      case 127 -> Math.toIntExact(in.readLong());
      default -> second;
    };
  }

  /// What the server closed with; reads all that comes before.
  int closeCode() throws IOException {
    while (next().isPresent()) {
      // passed over
    }
    return closeCode;
  }

  /// As [#closeCode], when [#next] has said that it is closed.
  int codeRead() {
    return closeCode;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
