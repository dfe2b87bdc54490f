/// Tries whether an agent keeps what its driver promises: a short list of scenarios, each with a
/// real process, judged tolerantly because a real model may stand behind it. It knows drivers only
/// by their contract; the same scenarios are part of every driver's tests and of `signalbox agents
/// test`.
@NullMarked
package dev.signalbox.agent.conformance;

import org.jspecify.annotations.NullMarked;
