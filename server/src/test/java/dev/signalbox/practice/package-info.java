/// The practice agent as its clients meet it: a process that speaks ACP.
@NullMarked
package dev.signalbox.practice;

import org.jspecify.annotations.NullMarked;
