package dev.signalbox.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An agent as `GET /api/agents` shows it.
///
/// @param id the registry name; `name` is for people
/// @param installed null until it was looked for
/// @param ready whether a prompt to it can work
/// @param reason why it is not ready, in one plain sentence; null when it is
/// @param models null until known; learnt from an open thread
public record AgentView(
    String id,
    String name,
    String driver,
    @Nullable Boolean installed,
    @Nullable String version,
    boolean ready,
    @Nullable String reason,
    @Nullable String install,
    @Nullable Capabilities capabilities,
    @Nullable List<Offers.Choice> models,
    @Nullable List<Offers.Choice> modes,
    @Nullable List<Offers.Choice> efforts) {

  static AgentView of(Agent agent, @Nullable Probe probe, @Nullable Offers offers) {
    var known = offers == null ? Offers.NONE : offers;
    if (probe == null) {
      return new AgentView(
          agent.name(),
          agent.title(),
          agent.driver(),
          null,
          null,
          false,
          "Not looked for yet; this takes a few seconds.",
          agent.install(),
          null,
          known.models(),
          known.modes(),
          known.efforts());
    }
    return new AgentView(
        agent.name(),
        agent.title(),
        agent.driver(),
        probe.installed(),
        probe.version(),
        probe.ready(),
        probe.reason(),
        agent.install(),
        probe.capabilities(),
        known.models(),
        known.modes(),
        known.efforts());
  }
}
