package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectPathsTest {
  @TempDir Path folder;
  private Path home;
  private ProjectPaths paths;

  @BeforeEach
  void home() throws IOException {
    home = Files.createDirectories(folder.resolve("home/me"));
    paths = new ProjectPaths(home);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/etc", "/usr", "/proc/self", "/etc/ssl", "/tmp", "/home"})
  void R_SEC_9_aSystemRootIsRefusedByName(String path) {
    assertThatThrownBy(() -> paths.canonical(path))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(path.equals("/proc/self") ? "/proc" : path);
  }

  @Test
  void R_SEC_9_aHomeAndWhatHoldsItAreRefused() {
    assertThatThrownBy(() -> paths.canonical("~")).hasMessageContaining("home");
    assertThatThrownBy(() -> paths.canonical(home.toString())).hasMessageContaining("home");
    assertThatThrownBy(() -> paths.canonical(home.getParent().toString()))
        .hasMessageContaining("home");
  }

  @Test
  void R_SEC_9_aLinkToTheSystemIsRefusedToo() throws IOException {
    var link = Files.createSymbolicLink(home.resolve("innocent"), Path.of("/etc"));

    assertThatThrownBy(() -> paths.canonical(link.toString())).hasMessageContaining("/etc");
  }

  @Test
  void R_LOCK_3_aLinkAndATrailingSlashLeadToTheSameRoot() throws IOException {
    var project = Files.createDirectory(home.resolve("project"));
    var link = Files.createSymbolicLink(home.resolve("link"), project);

    var canonical = paths.canonical(project.toString());

    assertThat(paths.canonical(link + "/")).isEqualTo(canonical);
    assertThat(paths.canonical("~/link")).isEqualTo(canonical);
  }

  @Test
  void whatIsNoFolderIsRefusedWithItsName() throws IOException {
    var file = Files.createFile(home.resolve("file.txt"));

    assertThatThrownBy(() -> paths.canonical(file.toString())).hasMessageContaining("file.txt");
    assertThatThrownBy(() -> paths.canonical(home + "/gone")).hasMessageContaining("gone");
    assertThatThrownBy(() -> paths.canonical("relative/path"))
        .hasMessageContaining("relative/path");
  }
}
