/// Drives any agent that speaks the Agent Client Protocol (version 1) over its standard streams.
///
/// One process holds many conversations. Wire messages become events in one pure function,
/// [dev.signalbox.agent.acp.UpdateMapping]; everything a message carries that nobody knows is kept
/// raw. No file or terminal callbacks are offered, so an agent reads and writes by itself, inside
/// the sandbox of its process. The room knows nothing of lanes; a turn's events go to whoever
/// prompted, on the reader thread of the process.
@NullMarked
package dev.signalbox.agent.acp;

import org.jspecify.annotations.NullMarked;
