package dev.signalbox.store;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// Files and folders nobody but their owner can look into, whatever the umask.
final class PrivateFiles {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private PrivateFiles() {}

  static void create(Path file) throws IOException {
    Files.createFile(file, mode("rw-------"));
  }

  /// Makes the folder and its missing parents; an existing one is left as it is.
  static void createFolder(Path folder) throws IOException {
    Files.createDirectories(folder, mode("rwx------"));
  }

  /// Takes other people's rights away from an existing file.
  static void restrict(Path file) throws IOException {
    if (POSIX && Files.exists(file)) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private static FileAttribute<?>[] mode(String mode) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }
}
