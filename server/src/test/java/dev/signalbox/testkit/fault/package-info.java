/// What goes wrong on purpose, and what is believed afterwards. [WireProxy] is a network that
/// delays, cuts and falls silent; [Oracle] is a process of its own that keeps what a client was
/// told, so that no death of the server or of a client can lose it; [Ledger] compares what was told
/// with what the journal says. None of them knows more of Signalbox than `contract.md`. Whatever is
/// random comes from a [Seed], which is printed.
@NullMarked
package dev.signalbox.testkit.fault;

import org.jspecify.annotations.NullMarked;
