package dev.signalbox.job;

import dev.signalbox.agent.Registry;
import dev.signalbox.id.Ids;
import dev.signalbox.id.JobId;
import dev.signalbox.store.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What every job shares with all others.
///
/// @param changed told of every job that has a new state
record JobPlace(
    Database rows,
    Ids ids,
    InstantSource clock,
    Registry registry,
    Jobs.Gate gate,
    JobFolders folders,
    @Nullable Duration timeLimit,
    Consumer<JobId> changed) {}
