package dev.signalbox.testkit.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One conversation of a scripted agent and what it remembers.
final class ScriptedSession {
  final String id;
  final Path cwd;
  final Instant began = Instant.now();
  private final @Nullable Path memory;
  private final List<String> words = new ArrayList<>();
  volatile String model = "";
  volatile String mode = "";
  volatile String effort = "low";
  volatile @Nullable ScriptedTurn running;

  private ScriptedSession(String id, Path cwd, @Nullable Path memory) {
    this.id = id;
    this.cwd = cwd;
    this.memory = memory;
  }

  static ScriptedSession create(String id, Path cwd, Habits habits) {
    var session = new ScriptedSession(id, cwd, memory(id, habits));
    session.keep("");
    return session;
  }

  /// A session another process kept, or null when there is none.
  static @Nullable ScriptedSession kept(String id, Path cwd, Habits habits) {
    var memory = memory(id, habits);
    if (memory == null || !Files.exists(memory)) {
      return null;
    }
    var session = new ScriptedSession(id, cwd, memory);
    try {
      Files.readAllLines(memory).stream().filter(w -> !w.isEmpty()).forEach(session.words::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return session;
  }

  synchronized void remember(String word) {
    words.add(word);
    keep(word + "\n");
  }

  synchronized List<String> words() {
    return List.copyOf(words);
  }

  private void keep(String text) {
    if (memory == null) {
      return;
    }
    try {
      Files.writeString(memory, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Path memory(String id, Habits habits) {
    var state = habits.text("state", "");
    return state.isEmpty() ? null : Path.of(state, "session-" + id);
  }
}
