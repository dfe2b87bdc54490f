package dev.signalbox.session;

import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;

/// Decides which folders may be projects: existing ones that are neither the system's nor a home as
/// a whole.
final class ProjectPaths {
  private static final Set<String> SYSTEM =
      Set.of(
          "/",
          "/bin",
          "/boot",
          "/dev",
          "/etc",
          "/home",
          "/lib",
          "/lib64",
          "/media",
          "/mnt",
          "/opt",
          "/proc",
          "/root",
          "/run",
          "/sbin",
          "/srv",
          "/sys",
          "/tmp",
          "/usr",
          "/var",
          "/Users",
          "/System",
          "/Library",
          "/Applications",
          "/private",
          "/Volumes");

  /// Nothing below these is anybody's project either.
  private static final Set<String> SYSTEM_TREES =
      Set.of(
          "/proc", "/sys", "/dev", "/etc", "/boot", "/bin", "/sbin", "/lib", "/lib64", "/System");

  private final Path home;

  ProjectPaths(Path home) {
    this.home = home;
  }

  /// The canonical form of a folder that may be a project.
  Path canonical(String path) {
    var given = parsed(path);
    Path real;
    try {
      real = given.toRealPath();
    } catch (IOException e) {
      throw Refused.invalid(
          "path_missing", "There is no folder " + given + "; make it first, or check the path.");
    }
    if (!Files.isDirectory(real)) {
      throw Refused.invalid("not_a_directory", real + " is a file; a project is a folder.");
    }
    if (SYSTEM.contains(real.toString()) || inSystemTree(real)) {
      throw Refused.invalid(
          "system_root", real + " belongs to the system; choose a folder of your own.");
    }
    if (real.equals(realHome()) || realHome().startsWith(real)) {
      throw Refused.invalid(
          "home_root", real + " holds a whole home folder; choose a folder inside it.");
    }
    return real;
  }

  private Path parsed(String path) {
    try {
      if (path.equals("~") || path.startsWith("~/")) {
        return home.resolve(path.length() > 2 ? path.substring(2) : "");
      }
      var parsed = Path.of(path);
      if (!parsed.isAbsolute()) {
        throw Refused.invalid(
            "path_not_absolute", "The path '" + path + "' must be absolute (or begin with ~/).");
      }
      return parsed;
    } catch (InvalidPathException e) {
      throw Refused.invalid("bad_path", "Not a path: " + e.getReason());
    }
  }

  private static boolean inSystemTree(Path path) {
    return SYSTEM_TREES.stream().anyMatch(tree -> path.startsWith(Path.of(tree)));
  }

  private Path realHome() {
    try {
      return home.toRealPath();
    } catch (IOException e) {
      return home;
    }
  }
}
