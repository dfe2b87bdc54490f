/// Projects, their sessions, and the lanes in which agents are talked to.
///
/// Owns who may do what when: the queue of each lane, its running turn, its open items and asks,
/// and the write-root lock between lanes. Each lane is an actor: one virtual thread, one mailbox,
/// plain private state; every way to give an agent a prompt ends in `Lane.submit`. It knows agents
/// only by the driver contract, storage only by the journal, and nothing of sockets.
@NullMarked
package dev.signalbox.session;

import org.jspecify.annotations.NullMarked;
