package dev.signalbox.http;

/// A body that carries a `clientId`, which is the command's key: whoever carries the command out
/// knows it again by that.
interface ClientNamed {}
