/// Drives Codex through its own interface, `codex app-server`, over its standard streams.
///
/// One process holds many conversations. What the wire tells becomes events in pure functions,
/// [dev.signalbox.agent.codex.Notifications] and [dev.signalbox.agent.codex.AskMapping]; every
/// notification carries the turn it belongs to, so what comes late is told apart by that and no
/// quiet has to be waited for. Which sandbox and which approvals Codex is to use goes out with
/// every turn, made of the lane's powers and the chosen mode. The room knows nothing of lanes.
@NullMarked
package dev.signalbox.agent.codex;

import org.jspecify.annotations.NullMarked;
