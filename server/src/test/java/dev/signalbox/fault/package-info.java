/// What must hold when processes die and networks fail, tried on the real server from outside, with
/// chance from a printed seed. The short forms run in every check; `-Dsignalbox.rounds=N` and
/// `-Dsignalbox.events=N` make them long.
@NullMarked
package dev.signalbox.fault;

import org.jspecify.annotations.NullMarked;
