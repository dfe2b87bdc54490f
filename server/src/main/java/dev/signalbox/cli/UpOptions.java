package dev.signalbox.cli;

import dev.signalbox.config.RuntimeContext;

/// What `signalbox up` was asked to start.
///
/// @param context not prepared yet; its data folder may not exist
/// @param host a loopback name or address
/// @param port 0 to 65535; 0 for any free one
/// @param control false refuses every call that starts, changes or answers something
/// @param version of this Signalbox, as shown to people
public record UpOptions(
    RuntimeContext context, String host, int port, boolean control, String version) {}
