/// Line-framed JSON-RPC 2.0 over two streams, for either side of the line.
///
/// Owns framing, matching of answers and the order of messages: one reader thread hands every
/// message to the handler in the order it came, one writer thread sends in the order it was asked.
/// Nothing a peer sends ends the reading but the end of the stream. It knows nothing of processes,
/// agents or any particular protocol.
@NullMarked
package dev.signalbox.jsonrpc;

import org.jspecify.annotations.NullMarked;
