/// The composition root: everything is constructed here by hand, started and stopped in order.
///
/// It may use every room. The small adapters that connect neighbours of one floor live here, so
/// that the neighbours need not know of each other. Nothing below may use this package.
@NullMarked
package dev.signalbox;

import org.jspecify.annotations.NullMarked;
