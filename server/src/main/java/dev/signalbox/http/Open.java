package dev.signalbox.http;

import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.Registry;
import dev.signalbox.agent.conformance.AgentTests;
import dev.signalbox.http.HttpServer.Rooms;
import dev.signalbox.job.Jobs;
import dev.signalbox.journal.Journal;
import dev.signalbox.session.Sessions;

/// The rooms, and what the edge keeps about itself, once they are open.
record Open(Rooms rooms, Devices devices, Audit audit) {
  Journal journal() {
    return rooms.journal();
  }

  Sessions sessions() {
    return rooms.sessions();
  }

  Registry registry() {
    return rooms.registry();
  }

  AgentPool pool() {
    return rooms.pool();
  }

  AgentTests tests() {
    return rooms.tests();
  }

  Jobs jobs() {
    return rooms.jobs();
  }

  Uploads uploads() {
    return rooms.uploads();
  }
}
