package dev.signalbox.agent;

import java.nio.file.Path;
import java.util.List;

/// Exactly what the agent gets: the text unchanged, then the images.
public record Prompt(String text, List<Image> images) {
  public Prompt {
    images = List.copyOf(images);
  }

  /// @param type media type, `image/png` or alike
  public record Image(Path file, String type) {}
}
