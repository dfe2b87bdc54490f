package dev.signalbox.process;

/// What a start found of earlier runs that had crashed.
///
/// @param runs crashed runs whose record was found and settled
/// @param ended processes of theirs that were still alive and were ended
/// @param spared recorded process numbers that now belong to somebody else and were left alone
public record Reaped(int runs, int ended, int spared) {}
