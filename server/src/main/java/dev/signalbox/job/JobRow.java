package dev.signalbox.job;

/// A job as it is stored.
///
/// @param prompt exact
record JobRow(JobView view, String prompt) {}
