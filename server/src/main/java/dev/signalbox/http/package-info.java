/// The way in from outside: routes, sockets, sign-in and the static app, as `contract.md` says.
///
/// Owns who may call (devices, one-time codes, exact Host and Origin), how a call becomes a command
/// to a lane and a refusal becomes an answer, what is done once (`Idempotency-Key`), and one writer
/// thread for each connected client, which is a cursor and holds no queue. It decides nothing about
/// lanes or agents, and no room below knows that it exists.
@NullMarked
package dev.signalbox.http;

import org.jspecify.annotations.NullMarked;
