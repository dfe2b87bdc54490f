/// Where Signalbox keeps things, and what the user set.
///
/// Owns the data folder: the one shared configuration (`signalbox.toml`, which is the user's and
/// never rewritten, and `settings.json`, which the interface sets and which wins), the runtime
/// contexts with their lock, and the local token. Folders are made with mode 0700 and files with
/// 0600, whatever the umask. It knows nothing of what others put into a context.
@NullMarked
package dev.signalbox.config;

import org.jspecify.annotations.NullMarked;
