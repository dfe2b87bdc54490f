package dev.signalbox.session;

import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.Registry;
import dev.signalbox.id.Ids;
import dev.signalbox.journal.Journal;
import dev.signalbox.store.Database;
import java.time.InstantSource;

/// What every lane shares with all others.
record Surroundings(
    Database database,
    Journal journal,
    Ids ids,
    InstantSource clock,
    Timers timers,
    TurnGate gate,
    Registry registry,
    AgentPool pool,
    Uploads uploads,
    LaneSettings settings,
    Bulletin bulletin) {}
