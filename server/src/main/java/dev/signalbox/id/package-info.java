/// The identifiers of everything Signalbox owns, and how they are made.
///
/// Each is a one-field record over an opaque string that sorts by creation time. They are made by
/// the server before anything else happens and never change; an agent's own thread id is an
/// attribute and has its own type in the `agent` package. Values are immutable and safe for any
/// thread.
@NullMarked
package dev.signalbox.id;

import org.jspecify.annotations.NullMarked;
