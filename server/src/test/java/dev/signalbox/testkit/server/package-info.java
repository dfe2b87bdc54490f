/// The real server as a user has it: [ServerUnderTest] is a child process with a data folder,
/// [Client] speaks REST to it, [LaneSocket] watches one lane and keeps the rules a client has to
/// keep ([LaneView]), and complains when the server breaks its own. They know `contract.md` and
/// nothing of the server's classes, so that a test that uses them holds for every client.
@NullMarked
package dev.signalbox.testkit.server;

import org.jspecify.annotations.NullMarked;
