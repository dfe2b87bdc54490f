/// What several protocols of agents share in reading messages and telling of them: JSON read
/// without ever failing, the kinds of tools, diffs made of two texts, and what a conversation tells
/// while no turn runs. It knows no protocol, starts nothing and waits for nothing.
@NullMarked
package dev.signalbox.agent.wire;

import org.jspecify.annotations.NullMarked;
