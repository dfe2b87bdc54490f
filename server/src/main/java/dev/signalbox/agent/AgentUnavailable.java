package dev.signalbox.agent;

import dev.signalbox.event.Problem;

/// The agent could not be started, did not answer, ended, or answered an error. The caller shows
/// [#problem] and may try again.
public final class AgentUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Problem problem;

  public AgentUnavailable(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
