/// Keeps the browser app's types those of the server's records: generates them, and fails when the
/// committed file differs.
@NullMarked
package dev.signalbox.protocol;

import org.jspecify.annotations.NullMarked;
