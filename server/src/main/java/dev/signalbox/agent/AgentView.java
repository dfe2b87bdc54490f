package dev.signalbox.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An agent as `GET /api/agents` shows it.
///
/// @param id the registry name; `name` is for people
/// @param installed null until it was looked for
/// @param ready whether a prompt to it can work
/// @param reason why it is not ready, in one plain sentence; null when it is
/// @param notice what to know of it although it is ready, in one plain sentence; or null
/// @param lastError what went wrong with it last, until it works again; or null
/// @param commands what it offered last, or is known to offer
/// @param models null until known; learnt from an open thread
public record AgentView(
    String id,
    String name,
    String driver,
    @Nullable Boolean installed,
    @Nullable String version,
    boolean ready,
    @Nullable String reason,
    @Nullable String notice,
    @Nullable String install,
    @Nullable Capabilities capabilities,
    @Nullable List<Offers.Choice> models,
    @Nullable List<Offers.Choice> modes,
    @Nullable List<Offers.Choice> efforts,
    @Nullable String lastError,
    List<AgentEvent.Commands.Command> commands) {

  private static final Probe NOT_YET =
      Probe.failed(false, null, "Not looked for yet; this takes a few seconds.");

  static AgentView of(
      Agent agent,
      @Nullable Probe probe,
      @Nullable String lastError,
      List<AgentEvent.Commands.Command> commands) {
    var found = probe == null ? NOT_YET : probe;
    var known = found.offers() == null ? Offers.NONE : found.offers();
    return new AgentView(
        agent.name(),
        agent.title(),
        agent.driver(),
        probe == null ? null : found.installed(),
        found.version(),
        found.ready(),
        found.reason(),
        found.notice(),
        agent.install(),
        found.capabilities(),
        known.models(),
        known.modes(),
        known.efforts(),
        lastError,
        commands);
  }
}
