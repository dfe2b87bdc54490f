package dev.signalbox.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the machine knows of its processes. Every answer is a photograph: by the time it is read a
/// process may be gone and its number may be somebody else's, which is why an [Entry] carries the
/// start time and nothing is signalled before it was compared again.
sealed interface ProcessTable permits ProcTable, PsTable {
  /// A live process; the dead that nobody has collected yet are not in the table.
  ///
  /// @param session 0 where the platform does not tell
  /// @param start opaque; equal for the same process, different for another one of the same number
  record Entry(long pid, long parent, long group, long session, String start) {}

  /// Linux keeps the table as files; elsewhere `ps` is asked.
  static ProcessTable ofThisMachine() {
    return Files.isReadable(Path.of("/proc/self/stat")) ? new ProcTable() : new PsTable();
  }

  Map<Long, Entry> entries();

  Optional<Entry> entry(long pid);

  /// The processes that carry `NAME=value` in the environment they were started with, as far as
  /// this user may see it.
  Set<Long> carrying(String mark);

  /// Resident memory in bytes; 0 when the process is gone.
  long residentBytes(long pid);

  /// Whether its standard input is a pipe or a socket: somebody may talk to it, as an agent does to
  /// a server of tools. Commands have none, or a terminal.
  boolean isSpokenTo(long pid);

  /// Different after every boot of the machine.
  String bootId();
}
