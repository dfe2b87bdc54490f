package dev.signalbox.session;

import dev.signalbox.id.TurnId;

/// The receipt of a stored prompt.
///
/// @param state `running` when it starts at once, else `queued`
/// @param seq number of its `turn.queued` in the lane
public record Submitted(TurnId turn, String state, long seq) {}
