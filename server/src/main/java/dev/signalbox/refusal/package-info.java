/// The ways a request can be refused, in one type that every room may throw and the edges (HTTP
/// handler, command line) turn into an answer. A refusal names the value that was wrong and the way
/// out; it is an expected outcome, not a bug.
@NullMarked
package dev.signalbox.refusal;

import org.jspecify.annotations.NullMarked;
