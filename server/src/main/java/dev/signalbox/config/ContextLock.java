package dev.signalbox.config;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.signalbox.config.RuntimeContext.ServerNote;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// Holds a runtime context for this process until it is closed.
public final class ContextLock implements AutoCloseable {
  private final RuntimeContext context;
  private final FileChannel channel;

  private ContextLock(RuntimeContext context, FileChannel channel) {
    this.context = context;
    this.channel = channel;
  }

  static Optional<ContextLock> tryTake(RuntimeContext context) {
    var file = context.directory().resolve("lock");
    try {
      var channel = PrivateFiles.open(file, Set.of(CREATE, WRITE));
      if (!takes(channel)) {
        return Optional.empty();
      }
      // Whoever finds the lock held must not find the note of a server that is no more.
      Files.deleteIfExists(context.serverFile());
      return Optional.of(new ContextLock(context, channel));
    } catch (IOException e) {
      throw DataFolder.unusable(file, e);
    }
  }

  private static boolean takes(FileChannel channel) throws IOException {
    try {
      if (channel.tryLock() != null) {
        return true;
      }
      channel.close();
      return false;
    } catch (OverlappingFileLockException e) {
      // Held by this very process. Closing any channel to a file gives up all of the process's
      // locks
      // on it, so this one is left to the garbage collector's mercy: once, in a caller's mistake.
      return false;
    }
  }

  public RuntimeContext context() {
    return context;
  }

  /// Tells other programs of this user where the server is.
  public void publish(ServerNote note) {
    try {
      PrivateFiles.replace(context.serverFile(), new JsonMapper().writeValueAsString(note));
    } catch (IOException e) {
      throw DataFolder.unusable(context.serverFile(), e);
    }
  }

  /// Gives the context back; idempotent.
  @Override
  public void close() {
    try {
      if (channel.isOpen()) {
        Files.deleteIfExists(context.serverFile());
        channel.close();
      }
    } catch (IOException e) {
      throw DataFolder.unusable(context.serverFile(), e);
    }
  }
}
