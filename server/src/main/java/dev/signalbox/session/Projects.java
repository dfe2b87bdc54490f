package dev.signalbox.session;

import dev.signalbox.id.Ids;
import dev.signalbox.id.ProjectId;
import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The registered folders. Any thread may call; calls block until what they did is durable.
final class Projects {
  private final Database database;
  private final Ids ids;
  private final InstantSource clock;
  private final ProjectPaths paths;

  Projects(Database database, Ids ids, InstantSource clock, Path home) {
    this.database = database;
    this.ids = ids;
    this.clock = clock;
    this.paths = new ProjectPaths(home);
  }

  /// Registers a folder, or finds it when it is registered already (also through a link).
  ProjectView add(String path, @Nullable String name) {
    var canonical = paths.canonical(path);
    var title = name != null && !name.isBlank() ? name.strip() : canonical.getFileName().toString();
    boolean git = Files.exists(canonical.resolve(".git"));
    var fresh = new ProjectView(ids.project(), title, canonical.toString(), git);
    return database.writeNow(handle -> {
      var known = Catalogue.projectAt(handle, fresh.path());
      if (known.isEmpty()) {
        Catalogue.add(handle, fresh, clock.instant());
      }
      return known.orElse(fresh);
    });
  }

  List<ProjectView> all() {
    return database.read(Catalogue::projects);
  }

  ProjectView require(ProjectId project) {
    return database
        .read(handle -> Catalogue.project(handle, project))
        .orElseThrow(() ->
            Refused.notFound(
                "unknown_project",
                "There is no project "
                    + project
                    + "; there is: "
                    + all().stream().map(p -> p.id().value()).collect(Collectors.joining(", "))
                    + "."));
  }
}
