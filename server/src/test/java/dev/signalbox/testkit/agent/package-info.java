/// An ACP agent that does what the test tells it to, with every bad habit a real one was seen with.
///
/// [ScriptedAgent] is a child process. How it behaves at its start is told by [Habits] in its
/// environment; what it does in a turn is told by a [Script] inside the prompt. What it received is
/// kept in a file that [Received] reads. It shares no code with the driver it tests.
@NullMarked
package dev.signalbox.testkit.agent;

import org.jspecify.annotations.NullMarked;
