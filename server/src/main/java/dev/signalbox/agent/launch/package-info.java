/// How every driver starts its agent and looks whether it could: the command with what it refers to
/// filled in, the version, the first conversation in an empty folder, and plain words for what goes
/// wrong. It speaks no protocol.
@NullMarked
package dev.signalbox.agent.launch;

import org.jspecify.annotations.NullMarked;
