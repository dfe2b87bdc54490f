/// The real agents, at the versions pinned in `agents/`, driven through the real server over HTTP
/// and sockets against the scripted model: no key, no network, no inside knowledge. What must hold
/// for every agent is in [RealAgentScenarios]; where agents differ, a method says how. Run by
/// `./check --agents`.
@NullMarked
package dev.signalbox.agents;

import org.jspecify.annotations.NullMarked;
