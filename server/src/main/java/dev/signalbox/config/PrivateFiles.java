package dev.signalbox.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Files and folders that only their owner may read. Existing ones that others could read are
/// tightened, because they may have been made before a rule, or by hand.
final class PrivateFiles {
  static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
  static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private PrivateFiles() {}

  static void folder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, attribute(folder, FOLDER));
    }
    tighten(folder, FOLDER);
  }

  static void tighten(Path path, Set<PosixFilePermission> permissions) throws IOException {
    if (isPosix(path) && !permissions.containsAll(Files.getPosixFilePermissions(path))) {
      Files.setPosixFilePermissions(path, permissions);
    }
  }

  /// Opens a file that may exist already; it is 0600 before anything is written to it.
  static FileChannel open(Path file, Set<java.nio.file.OpenOption> options) throws IOException {
    var channel = FileChannel.open(file, options, attribute(file, FILE));
    tighten(file, FILE);
    return channel;
  }

  /// Replaces the file in one step: a reader sees the old text or the new, and after a crash one of
  /// the two is there.
  static void replace(Path file, String text) throws IOException {
    var fresh = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    Files.deleteIfExists(fresh);
    try (var channel = FileChannel.open(fresh, Set.of(CREATE_NEW, WRITE), attribute(fresh, FILE))) {
      var bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static FileAttribute<?>[] attribute(Path path, Set<PosixFilePermission> permissions) {
    return isPosix(path)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
