/// Drives opencode through the HTTP server it brings along (`opencode serve`).
///
/// One child is the server of many conversations; each conversation has a subscription of its own
/// to the events of its folder, read on a virtual thread that ends with it. Every message of a turn
/// leads back to the prompt's own message, whose id is made here, so late words of an earlier turn
/// are told apart by their ids and never by time. Events become ours in
/// [dev.signalbox.agent.opencode.TurnMapping], which does no input or output; a stream that broke
/// is made up for by reading the messages again. The room knows nothing of lanes.
@NullMarked
package dev.signalbox.agent.opencode;

import org.jspecify.annotations.NullMarked;
