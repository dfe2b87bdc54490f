package dev.signalbox.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// HTTP as bytes on a socket: for requests that no client library would send.
final class RawHttp {
  private static final int PATIENCE_MS = 20_000;

  /// @param headers names in lower case; what came more than once is joined with a comma
  record Answer(int status, Map<String, String> headers, String body) {}

  private RawHttp() {}

  /// Sends the lines (each ended by CRLF) and an empty one, then the body, and reads one answer.
  static Answer send(int port, List<String> head, String body) throws IOException {
    var text = String.join("\r\n", head) + "\r\n\r\n" + body;
    return send(port, text.getBytes(UTF_8));
  }

  static Answer send(int port, String... head) throws IOException {
    return send(port, List.of(head), "");
  }

  static Answer send(int port, byte[] bytes) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MS);
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return read(socket.getInputStream());
    }
  }

  static Answer read(InputStream in) throws IOException {
    var status = line(in);
    if (!status.startsWith("HTTP/1.")) {
      throw new IOException("no answer, but: " + status);
    }
    var headers = new TreeMap<String, String>();
    for (var line = line(in); !line.isEmpty(); line = line(in)) {
      var colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (a, b) -> a + ", " + b);
    }
    var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    var body = new String(in.readNBytes(length), UTF_8);
    return new Answer(Integer.parseInt(status.substring(9, 12)), headers, body);
  }

  private static String line(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("closed after: " + bytes.toString(ISO_8859_1));
      }
      if (b != '\r') {
        bytes.write(b);
      }
    }
    return bytes.toString(ISO_8859_1);
  }
}
