/// The practice agent: a program of a few plain commands, so that Signalbox can be tried with no
/// key, no network and no language model.
///
/// It runs as a process of its own and speaks ACP like any other agent; the server knows it only by
/// its command line. It really does what it is told, inside the working directory of its
/// conversation, and asks before it writes or runs anything. It keeps nothing on disk.
@NullMarked
package dev.signalbox.practice;

import org.jspecify.annotations.NullMarked;
