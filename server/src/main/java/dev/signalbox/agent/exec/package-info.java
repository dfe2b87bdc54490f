/// Turns that need no warm agent: a single turn with any agent in a process of its own that is gone
/// afterwards ([OneShot]), and a driver for agents that are a command per turn, as `codex exec`. It
/// knows nothing of jobs and of lanes; nobody is there to be asked, so every ask is declined.
@NullMarked
package dev.signalbox.agent.exec;

import org.jspecify.annotations.NullMarked;
