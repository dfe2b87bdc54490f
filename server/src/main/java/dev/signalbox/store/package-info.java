/// The database: one SQLite file in WAL mode, its schema, its one writer and its few readers.
///
/// Owns how bytes become durable: writes queue for one platform thread that commits them in groups,
/// reads run on two or three others, because a native call would pin the carrier of a virtual
/// thread. A file carries its kind and its schema's number; what does not fit is refused and left
/// untouched. Knows nothing of lanes, facts or the wire; other rooms bring their own SQL.
@NullMarked
package dev.signalbox.store;

import org.jspecify.annotations.NullMarked;
