/// The vocabulary of what happens in a lane: facts, items, turns, asks, usage.
///
/// These records are at once what the journal stores and what `contract.md` promises on the wire,
/// so their component names are fixed; the TypeScript types of the browser app are generated from
/// them. Fields may be added, never renamed. Values are immutable and know nothing of storage,
/// agents or sockets.
@NullMarked
package dev.signalbox.event;

import org.jspecify.annotations.NullMarked;
