package dev.signalbox.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/// SQLite's native library, kept unpacked in a private folder: the driver would take it out of its
/// jar and compare the two at each start, which takes longer than opening a large database.
final class NativeLibrary {
  private static final Logger log = LoggerFactory.getLogger(NativeLibrary.class);

  private final Path folder;
  private final Path kept;

  NativeLibrary(Path folder) {
    this.folder = folder;
    var name = "sqlite-" + SQLiteJDBCLoader.getVersion() + "-" + System.getProperty("os.arch");
    this.kept = folder.resolve(System.mapLibraryName(name));
  }

  /// To be called before the driver is used. A copy that cannot be loaded costs nothing but time:
  /// the driver then unpacks its own, into this folder and not one that others can write to.
  void offer() throws IOException {
    PrivateFiles.createFolder(folder);
    if (System.getProperty("org.sqlite.tmpdir") == null) {
      System.setProperty("org.sqlite.tmpdir", folder.toString());
    }
    if (System.getProperty("org.sqlite.lib.path") == null && Files.exists(kept)) {
      System.setProperty("org.sqlite.lib.path", folder.toString());
      System.setProperty("org.sqlite.lib.name", kept.getFileName().toString());
    }
  }

  /// Keeps a copy for the next start, if there is none. That it cannot (the disk may be full) is no
  /// reason not to start: the next start takes longer, that is all.
  void keep() {
    if (Files.exists(kept)) {
      return;
    }
    var name =
        LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
    var fresh = folder.resolve(kept.getFileName() + "." + ProcessHandle.current().pid());
    try (InputStream packed = SQLiteJDBCLoader.class.getResourceAsStream(name)) {
      if (packed != null) {
        Files.copy(packed, fresh, StandardCopyOption.REPLACE_EXISTING);
        Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      log.info("event=library.not_kept reason={}", e.getMessage());
      drop(fresh);
    }
  }

  private static void drop(Path half) {
    try {
      Files.deleteIfExists(half);
    } catch (IOException e) {
      log.info("event=library.left file={} reason={}", half, e.getMessage());
    }
  }
}
