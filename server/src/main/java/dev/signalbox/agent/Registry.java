package dev.signalbox.agent;

import dev.signalbox.event.Problem;
import dev.signalbox.refusal.Refused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The agents that are known and what was found out about each. Looking for them happens in the
/// background and never delays anything; until it is done an agent is "not looked for yet". Any
/// thread may call.
public final class Registry {
  private final Map<String, Agent> agents = new LinkedHashMap<>();
  private final Map<String, AgentDriver> drivers;
  private final Map<String, Probe> probes = new ConcurrentHashMap<>();
  private final Map<String, String> lastErrors = new ConcurrentHashMap<>();
  private final Map<String, List<AgentEvent.Commands.Command>> commands = new ConcurrentHashMap<>();
  private final List<Consumer<AgentView>> listeners = new CopyOnWriteArrayList<>();

  /// @param drivers by the name that [Agent#driver] gives
  public Registry(List<Agent> agents, Map<String, AgentDriver> drivers) {
    for (var agent : agents) {
      this.agents.put(agent.name(), agent);
    }
    this.drivers = Map.copyOf(drivers);
  }

  /// Begins to look for all agents, each on its own virtual thread; returns at once.
  public void lookAround() {
    agents.values().stream()
        .filter(Agent::enabled)
        .forEach(
            agent -> Thread.ofVirtual().name("probe-" + agent.name()).start(() -> look(agent)));
  }

  /// The enabled agent of that name.
  ///
  /// @throws Refused `unknown_agent` or `agent_disabled` (invalid), naming those that exist
  public Agent require(String name) {
    var agent = agents.get(name);
    if (agent == null) {
      throw Refused.invalid(
          "unknown_agent", "There is no agent '" + name + "'; there is: " + names() + ".");
    }
    if (!agent.enabled()) {
      throw Refused.invalid(
          "agent_disabled", "The agent '" + name + "' is switched off; there is: " + names() + ".");
    }
    return agent;
  }

  /// The driver that speaks to this agent.
  public AgentDriver driver(Agent agent) {
    var driver = drivers.get(agent.driver());
    if (driver == null) {
      throw Refused.invalid(
          "unknown_driver",
          "The agent '"
              + agent.name()
              + "' asks for the driver '"
              + agent.driver()
              + "'; there is: "
              + String.join(", ", drivers.keySet())
              + ".");
    }
    return driver;
  }

  /// Enabled agents in the order they were given.
  public List<AgentView> all() {
    return agents.values().stream().filter(Agent::enabled).map(this::view).toList();
  }

  /// Looks again; blocks until done, at most 30 s.
  public AgentView refresh(String name) {
    look(require(name));
    return view(require(name));
  }

  /// The version that was found, or null.
  @Nullable String version(Agent agent) {
    var probe = probes.get(agent.name());
    return probe == null ? null : probe.version();
  }

  /// Looks once more at an agent that was too old, because it may have been upgraded meanwhile.
  ///
  /// @throws AgentUnavailable when it still is
  void refuseIfTooOld(Agent agent) {
    if (!Versions.tooOld(agent, version(agent))) {
      return;
    }
    look(agent);
    var version = version(agent);
    if (version != null && Versions.tooOld(agent, version)) {
      throw Versions.refusal(agent, version);
    }
  }

  /// An agent that opened a thread is ready, whatever was found before, and what it offers there is
  /// what can be chosen next time.
  void learned(Agent agent, Capabilities capabilities, Offers offered) {
    var before = probes.get(agent.name());
    var now =
        new Probe(
            true,
            before == null ? null : before.version(),
            true,
            null,
            before == null ? null : before.notice(),
            capabilities,
            offered);
    probes.put(agent.name(), now);
    boolean mended = lastErrors.remove(agent.name()) != null;
    if (mended || !now.equals(before)) {
      tell(agent);
    }
  }

  /// What an agent offers is offered before its first turn in other lanes, too.
  public void announced(String agent, List<AgentEvent.Commands.Command> offered) {
    commands.put(agent, List.copyOf(offered));
  }

  /// A process of it ended unexpectedly.
  void crashed(Agent agent, String reason) {
    lastErrors.put(agent.name(), agent.title() + " ended unexpectedly: " + reason);
    tell(agent);
  }

  /// An agent that wants a login is not ready until it was looked for again or works.
  void failed(Agent agent, Problem problem) {
    lastErrors.put(agent.name(), problem.detail());
    if (problem.code().equals("login")) {
      var before = probes.get(agent.name());
      var reason = problem.hint() == null ? problem.detail() : problem.hint();
      probes.put(
          agent.name(),
          new Probe(
              true,
              before == null ? null : before.version(),
              false,
              reason,
              null,
              before == null ? null : before.capabilities(),
              before == null ? null : before.offers()));
      tell(agent);
    }
  }

  /// Tells `listener` whenever something new was found out, on whatever thread found it.
  public void onChange(Consumer<AgentView> listener) {
    listeners.add(listener);
  }

  private void look(Agent agent) {
    try {
      probes.put(agent.name(), driver(agent).probe(agent));
      tell(agent);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(Agent agent) {
    var view = view(agent);
    listeners.forEach(listener -> listener.accept(view));
  }

  private AgentView view(Agent agent) {
    return AgentView.of(
        agent,
        probes.get(agent.name()),
        lastErrors.get(agent.name()),
        commands.getOrDefault(agent.name(), agent.commands()));
  }

  private String names() {
    var names = new ArrayList<String>();
    agents.values().stream().filter(Agent::enabled).map(Agent::name).forEach(names::add);
    return names.stream().collect(Collectors.joining(", "));
  }
}
