/// The append-only record of what happened in each lane, and how clients follow it.
///
/// Owns the tables event, item, item_chunk, turn and ask, the numbers of facts, and the text of
/// open items while it grows. A fact gets its number inside the commit and is shown only after it;
/// the rows of turns, items and asks are brought up to date from the facts in the same transaction.
/// Knows nothing of agents, actors or sockets: a client is a [dev.signalbox.journal.Cursor] and a
/// way to wake it.
@NullMarked
package dev.signalbox.journal;

import org.jspecify.annotations.NullMarked;
