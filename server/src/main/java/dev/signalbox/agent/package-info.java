/// Which agents there are, how they are driven, and which of their processes are up.
///
/// Owns the registry (what can be started and why not), the pool (who is warm) and the contract
/// every driver fulfils. It knows nothing of lanes, sockets or SQL: a turn's events go to whoever
/// prompted. Nothing above a driver knows which agent it is talking to.
@NullMarked
package dev.signalbox.agent;

import org.jspecify.annotations.NullMarked;
