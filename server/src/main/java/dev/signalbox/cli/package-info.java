/// The command line: `signalbox up`, `send`, `ls` and the others, as `contract.md` says.
///
/// Owns the words a person types and reads: parsing, tables, exit codes, following a lane. All
/// commands but `up` are thin clients of the HTTP contract with the local token; they know a server
/// only by what it published about itself and by what it answers. What `up` starts is behind
/// [dev.signalbox.cli.Launcher], so that a command that only asks loads nothing of the server.
@NullMarked
package dev.signalbox.cli;

import org.jspecify.annotations.NullMarked;
