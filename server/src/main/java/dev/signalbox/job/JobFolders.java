package dev.signalbox.job;

import dev.signalbox.id.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The folders that jobs have to themselves, one per attempt, private to the user. What a job left
/// there stays until the job is removed or tried again; an empty one goes at once.
record JobFolders(Path root) {
  private static final Logger LOG = Logger.getLogger(JobFolders.class.getName());

  Path of(JobId job, int attempt) {
    return root.resolve(job + "-" + attempt);
  }

  /// Makes it, empty.
  Path make(JobId job, int attempt) throws IOException {
    var folder = of(job, attempt);
    delete(folder);
    return Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
        .toRealPath();
  }

  /// Whether something is in it.
  boolean holds(Path folder) {
    try (var files = Files.list(folder)) {
      return files.findAny().isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  /// Follows no links.
  void delete(Path folder) {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "folder=" + folder + " of a job was not removed", e);
    }
  }
}
