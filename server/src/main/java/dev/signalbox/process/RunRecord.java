package dev.signalbox.process;

import dev.signalbox.process.Tree.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is written down of one run of the server, for its guard and for the next start: which boot
/// of the machine, which process the server is, and which children are alive.
///
/// A directory of its own, named by the run's id: `run` (four lines), `children/N` (one line per
/// live child) and the guard's script. The guard removes it when nothing is left, and so does an
/// orderly end.
///
/// @param directory of this run
/// @param run the run's id
record RunRecord(Path directory, String run) {
  /// @param group the server's process group
  /// @param session the server's session, 0 where unknown
  record Server(String bootId, Root process, long group, long session) {}

  private static final String PRIVATE = "rwx------";

  static RunRecord create(Path runDirectory, String run, Server server) throws IOException {
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE));
    Files.createDirectories(runDirectory, owner);
    var record = new RunRecord(runDirectory.resolve(run), run);
    Files.createDirectory(record.directory, owner);
    Files.createDirectory(record.children(), owner);
    Files.write(
        record.directory.resolve("run"),
        List.of(
            server.bootId(),
            line(server.process()),
            Long.toString(server.group()),
            Long.toString(server.session())));
    return record;
  }

  /// This one and those beside it.
  List<RunRecord> all() throws IOException {
    try (var runs = Files.list(directory.toAbsolutePath().getParent())) {
      return runs.filter(Files::isDirectory)
          .map(path -> new RunRecord(path, path.getFileName().toString()))
          .toList();
    }
  }

  /// Empty when the record is not whole: the run died while it wrote it, and had no child yet.
  Optional<Server> server() throws IOException {
    try {
      List<String> lines = Files.readAllLines(directory.resolve("run"));
      if (lines.size() < 4) {
        return Optional.empty();
      }
      return root(lines.get(1))
          .map(process ->
              new Server(
                  lines.get(0),
                  process,
                  Long.parseLong(lines.get(2)),
                  Long.parseLong(lines.get(3))));
    } catch (NoSuchFileException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  void add(long child, Root process) throws IOException {
    Files.writeString(children().resolve(Long.toString(child)), line(process) + "\n");
  }

  void remove(long child) throws IOException {
    Files.deleteIfExists(children().resolve(Long.toString(child)));
  }

  List<Root> roots() throws IOException {
    var roots = new ArrayList<Root>();
    for (Path file : files(children())) {
      try {
        root(Files.readString(file).strip()).ifPresent(roots::add);
      } catch (NoSuchFileException e) {
        // The guard of that run is at work and has just removed it.
      }
    }
    return roots;
  }

  /// Removes it; what is gone already is no error.
  void delete() throws IOException {
    for (Path file : files(children())) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(children());
    for (Path file : files(directory)) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(directory);
  }

  private Path children() {
    return directory.resolve("children");
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static String line(Root process) {
    return process.pid() + " " + process.start();
  }

  private static Optional<Root> root(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 2 || !words[0].matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    return Optional.of(new Root(Long.parseLong(words[0]), words[1]));
  }
}
