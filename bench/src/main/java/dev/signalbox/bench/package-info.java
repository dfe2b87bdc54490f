/// Benchmarks: JMH for single pieces, whole servers for the targets of the product.
///
/// A figure is printed with its method, machine, load, versions, runs, median and spread. Nothing
/// here is a test, and no test is here.
@NullMarked
package dev.signalbox.bench;

import org.jspecify.annotations.NullMarked;
