package dev.signalbox.http;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What an image file says about itself in its first bytes. Reads no further than it must, so that
/// a file which promises billions of pixels costs nothing.
///
/// @param width in pixels; null when the header does not say
record ImageHeader(String type, @Nullable Integer width, @Nullable Integer height) {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int FIRST = 30;

  /// Empty when it is none of png, jpeg, gif and webp.
  static Optional<ImageHeader> read(Path file) throws IOException {
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      in.mark(FIRST);
      var first = in.readNBytes(FIRST);
      in.reset();
      if (first.length < 12) {
        return Optional.empty();
      }
      return Optional.ofNullable(of(first, in));
    }
  }

  private static @Nullable ImageHeader of(byte[] bytes, DataInputStream in) throws IOException {
    var first = ByteBuffer.wrap(bytes);
    if (Arrays.equals(Arrays.copyOf(bytes, PNG.length), PNG)) {
      return first.remaining() < 24
          ? new ImageHeader("image/png", null, null)
          : new ImageHeader("image/png", first.getInt(16), first.getInt(20));
    }
    var start = new String(bytes, 0, 12, StandardCharsets.ISO_8859_1);
    if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
      first.order(ByteOrder.LITTLE_ENDIAN);
      return new ImageHeader(
          "image/gif",
          Short.toUnsignedInt(first.getShort(6)),
          Short.toUnsignedInt(first.getShort(8)));
    }
    if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
      return webp(bytes);
    }
    return start.startsWith("\u00ff\u00d8\u00ff") ? jpeg(in) : null;
  }

  private static ImageHeader webp(byte[] bytes) {
    var first = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < FIRST) {
      return new ImageHeader("image/webp", null, null);
    }
    return switch (new String(bytes, 12, 4, StandardCharsets.ISO_8859_1)) {
      case "VP8 " ->
          new ImageHeader("image/webp", first.getShort(26) & 0x3fff, first.getShort(28) & 0x3fff);
      case "VP8L" -> {
        var bits = first.getInt(21);
        yield new ImageHeader("image/webp", (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
      }
      case "VP8X" ->
          new ImageHeader(
              "image/webp", (first.getInt(24) & 0xffffff) + 1, (first.getInt(26) >>> 8) + 1);
      default -> new ImageHeader("image/webp", null, null);
    };
  }

  // Segments follow each other until the one that begins a frame, which has the size.
  private static ImageHeader jpeg(DataInputStream in) throws IOException {
    try {
      in.skipNBytes(2);
      while (true) {
        int marker = in.readUnsignedByte();
        while (marker != 0xff) {
          marker = in.readUnsignedByte();
        }
        while (marker == 0xff) {
          marker = in.readUnsignedByte();
        }
        if (marker == 0xd9 || marker == 0xda) {
          return new ImageHeader("image/jpeg", null, null);
        }
        var length = in.readUnsignedShort();
        if (marker >= 0xc0
            && marker <= 0xcf
            && marker != 0xc4
            && marker != 0xc8
            && marker != 0xcc) {
          in.skipNBytes(1);
          var height = in.readUnsignedShort();
          return new ImageHeader("image/jpeg", in.readUnsignedShort(), height);
        }
        in.skipNBytes(Math.max(0, length - 2));
      }
    } catch (EOFException e) {
      return new ImageHeader("image/jpeg", null, null);
    }
  }
}
