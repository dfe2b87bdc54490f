package dev.signalbox.cli;

import dev.signalbox.config.DataFolder;
import dev.signalbox.config.RuntimeContext;
import dev.signalbox.config.Settings;
import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Where things are kept, who may look into it, how much room there is, and what was set.
final class PlacesCheck {
  private static final String FOLDERS = "folders";
  private static final String SETTINGS = "settings";
  private static final long SCARCE = 1L << 30;
  private static final long MEGA = 1L << 20;

  private PlacesCheck() {}

  static void folders(Report report, RuntimeContext context) {
    var data = context.data();
    guarded(report, "data", data.root(), "rwx------");
    guarded(report, "configuration", data.config(), "rwx------");
    guarded(report, "context " + context.name(), context.directory(), "rwx------");
    guarded(report, "token", data.root().resolve("token"), "rw-------");
    database(report, context.database());
    room(report, data.root());
  }

  private static void guarded(Report report, String name, Path path, String wanted) {
    if (!Files.exists(path)) {
      report.fact(FOLDERS, name, path + " (not there yet)");
      return;
    }
    try {
      var has = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
      var owner = Files.getOwner(path).getName();
      var mine = owner.equals(System.getProperty("user.name"));
      if (has.equals(wanted) && Files.isWritable(path)) {
        report.fact(FOLDERS, name, "%s (%s)".formatted(path, has));
      } else {
        report.problem(
            FOLDERS,
            name,
            "%s (%s%s; should be %s and yours)"
                .formatted(path, has, mine ? "" : ", of another user", wanted));
      }
    } catch (IOException e) {
      report.problem(FOLDERS, name, "%s cannot be looked at: %s".formatted(path, e.getMessage()));
    } catch (UnsupportedOperationException e) {
      report.problem(FOLDERS, name, path + ": this file system has no permissions");
    }
  }

  private static void database(Report report, Path database) {
    try {
      if (Files.exists(database)) {
        var bytes = Files.size(database);
        report.fact(FOLDERS, "database", "%s (%d KB)".formatted(database, bytes / 1024));
      }
    } catch (IOException e) {
      report.problem(FOLDERS, "database", "%s: %s".formatted(database, e.getMessage()));
    }
  }

  private static void room(Report report, Path root) {
    var there = root;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    try {
      var free = Files.getFileStore(there).getUsableSpace();
      var said = "%,d MB free".formatted(free / MEGA);
      if (free < SCARCE) {
        report.problem(FOLDERS, "disk", said + ": nothing is accepted any more when it is full");
      } else {
        report.fact(FOLDERS, "disk", said);
      }
    } catch (IOException e) {
      report.problem(FOLDERS, "disk", "free room is not known: " + e.getMessage());
    }
  }

  /// Names of settings, never their values: some are secrets.
  static void settings(Report report, DataFolder data) {
    try {
      var settings = Settings.load(data);
      report.fact(SETTINGS, "turns in flight", "" + settings.turnsInFlight());
      var limit = settings.turnTimeLimit();
      report.fact(SETTINGS, "time limit", limit == null ? "none" : limit.toSeconds() + " s");
      report.fact(
          SETTINGS,
          "agents configured",
          settings.agents().isEmpty()
              ? "none"
              : String.join(", ", settings.agents().keySet().stream().sorted().toList()));
      for (var unknown : settings.unknown()) {
        report.problem(SETTINGS, unknown, "is not known and has no effect; is it misspelt?");
      }
    } catch (Refused e) {
      report.problem(SETTINGS, "files", e.detail());
    }
  }
}
