package dev.signalbox.practice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// The working directory of a conversation, and the only place the practice agent reads or writes.
///
/// @param root its real path
record Folder(Path root) {

  /// The path that `name` means in this folder. It need not exist.
  ///
  /// @throws Outside when it leads out of the folder, by `..`, an absolute path or a link
  Path inside(String name) throws IOException, Outside {
    var path = root.resolve(name).normalize();
    var existing = path;
    while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      var parent = existing.getParent();
      if (parent == null) {
        throw new Outside(name);
      }
      existing = parent;
    }
    // A dangling link has no real path: nobody can say where a write to it would end.
    if (Files.isSymbolicLink(existing) && !Files.exists(existing)) {
      throw new Outside(name);
    }
    if (!path.startsWith(root) || !existing.toRealPath().startsWith(root)) {
      throw new Outside(name);
    }
    return path;
  }

  /// Tells in plain words why a path was not touched.
  static final class Outside extends Exception {
    private static final long serialVersionUID = 1L;

    Outside(String name) {
      super("`" + name + "` is outside of the working directory, which I do not leave.");
    }
  }
}
