package dev.signalbox.agent.conformance;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a trial of an agent goes, or went.
///
/// @param scenarios how many there are
/// @param running what it is tried with now; null when it is over
/// @param findings so far, in order
/// @param passed whether it is over and nothing failed
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AgentTest(
    String agent,
    int scenarios,
    @Nullable String running,
    List<Finding> findings,
    boolean passed,
    Instant startedAt) {
  public AgentTest {
    findings = List.copyOf(findings);
  }

  boolean over() {
    return running == null;
  }

  AgentTest at(String scenario) {
    return new AgentTest(agent, scenarios, scenario, findings, false, startedAt);
  }

  AgentTest with(Finding finding) {
    var all = new ArrayList<>(findings);
    all.add(finding);
    return new AgentTest(agent, scenarios, running, all, false, startedAt);
  }

  AgentTest done() {
    boolean whole = findings.size() == scenarios;
    return new AgentTest(
        agent,
        scenarios,
        null,
        findings,
        whole && findings.stream().noneMatch(each -> each.verdict() == Finding.Verdict.FAIL),
        startedAt);
  }
}
