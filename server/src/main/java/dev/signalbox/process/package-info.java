/// Everything Signalbox starts, and the certainty that it ends.
///
/// [dev.signalbox.process.Children] is the only place that starts a process; each
/// [dev.signalbox.process.Child] is on a life-line of two locks: a PID namespace where bubblewrap
/// is usable, and always one guard, a shell script in its own session that ends whatever carries
/// this run's id once the server is gone. Processes are found by id, session and parent links, and
/// are signalled only while their start time is the one that was seen; what the user started
/// himself is never touched. The package knows bytes and processes, and nothing of agents, lines or
/// lanes.
@NullMarked
package dev.signalbox.process;

import org.jspecify.annotations.NullMarked;
