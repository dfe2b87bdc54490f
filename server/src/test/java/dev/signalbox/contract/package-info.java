/// What `contract.md` promises, asked of a server that runs as a process of its own: how lanes come
/// to be, and what every frame of a socket looks like, whichever agent ran.
@NullMarked
package dev.signalbox.contract;

import org.jspecify.annotations.NullMarked;
