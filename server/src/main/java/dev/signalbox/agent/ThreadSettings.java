package dev.signalbox.agent;

import java.nio.file.Path;

/// @param directory the working directory of the conversation, absolute
public record ThreadSettings(Path directory) {}
