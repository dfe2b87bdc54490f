package dev.signalbox.session;

import dev.signalbox.id.ProjectId;

/// A registered folder. `git`: it is a git repository.
public record ProjectView(ProjectId id, String name, String path, boolean git) {}
