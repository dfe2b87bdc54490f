package dev.signalbox.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
  @TempDir Path dir;

  @Test
  void oneCopyIsKeptForTheNextStartAndNotMadeAgain() throws IOException {
    var folder = Files.createDirectory(dir.resolve("native"));

    new NativeLibrary(folder).keep();

    Path kept;
    try (var files = Files.list(folder)) {
      kept = files.toList().getFirst();
    }
    assertThat(kept).isNotEmptyFile();
    Files.writeString(kept, "mine");
    new NativeLibrary(folder).keep();
    assertThat(kept).hasContent("mine");
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aCopyThatCannotBeKeptIsNoReasonNotToStart() throws IOException {
    var folder = Files.writeString(dir.resolve("native"), "no folder");

    new NativeLibrary(folder).keep();

    assertThat(folder).hasContent("no folder");
  }
}
