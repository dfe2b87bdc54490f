package dev.signalbox.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/// Exactly what the agent gets: the text unchanged, then the images.
///
/// @param afresh the text to give instead when the conversation turns out to be a new one: with an
///   account of what the agent would otherwise not know. Asked at most once, may read the disk
public record Prompt(String text, List<Image> images, Supplier<String> afresh) {
  public Prompt {
    images = List.copyOf(images);
  }

  /// A prompt that needs no account of anything.
  public Prompt(String text, List<Image> images) {
    this(text, images, () -> text);
  }

  /// For a conversation that has just been begun anew.
  public Prompt begunAnew() {
    return new Prompt(afresh.get(), images);
  }

  /// @param type media type, `image/png` or alike
  public record Image(Path file, String type) {}
}
