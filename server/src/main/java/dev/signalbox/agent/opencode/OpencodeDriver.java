package dev.signalbox.agent.opencode;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.Keeping;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Probe;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.agent.launch.Probing;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;

/// Speaks to opencode through its HTTP server, which listens on this machine only and wants a
/// password that each process is given anew.
public final class OpencodeDriver implements AgentDriver {
  private static final String PASSWORD = "OPENCODE_SERVER_PASSWORD";
  private static final String PERMISSION = "OPENCODE_PERMISSION";
  private static final int PASSWORD_BYTES = 32;

  private final AgentChildren children;
  private final Limits limits;
  private final SecureRandom random = new SecureRandom();

  public OpencodeDriver(AgentChildren children) {
    this(children, Limits.DEFAULT);
  }

  OpencodeDriver(AgentChildren children, Limits limits) {
    this.children = children;
    this.limits = limits;
  }

  @Override
  public Probe probe(Agent agent) throws InterruptedException {
    return new Probing(this, children).probe(agent);
  }

  @Override
  public Keeping keeping() {
    return Keeping.OWN_SERVER;
  }

  @Override
  public AgentProcess start(Agent agent, Launch launch) throws InterruptedException {
    var password = password();
    var child = children.start(agent, argv(agent), with(launch, password));
    return OpencodeProcess.introduce(agent, children, child, password, launch.readOnly(), limits);
  }

  private static List<String> argv(Agent agent) {
    var argv = new ArrayList<>(agent.argv());
    argv.addAll(List.of("--hostname", "127.0.0.1", "--port", "0"));
    return argv;
  }

  private static Launch with(Launch launch, String password) {
    var environment = new LinkedHashMap<>(launch.environment());
    environment.put(PASSWORD, password);
    if (launch.readOnly()) {
      environment.put(PERMISSION, Requests.readOnlyPermissions());
    }
    return new Launch(
        launch.writeRoot(),
        launch.directory(),
        environment,
        launch.home(),
        launch.network(),
        launch.sandbox());
  }

  private String password() {
    var bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
