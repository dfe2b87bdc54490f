package dev.signalbox.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ProtocolTsTest {
  @Test
  @Tag("R-EVT-7")
  void R_EVT_7_theBrowserAppsTypesAreThoseOfTheRecords() throws IOException {
    var file = file();
    var generated = new ProtocolTsGen().generate();
    if (Boolean.getBoolean("protocol.write")) {
      Files.writeString(file, generated);
    }
    assertThat(Files.readString(file))
        .as("web/src/core/protocol.gen.ts is stale; see its first lines for how to write it anew")
        .isEqualTo(generated);
  }

  private static Path file() {
    var here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("web/package.json"))) {
      here = here.getParent();
      if (here == null) {
        throw new IllegalStateException("run this test within the repository");
      }
    }
    return here.resolve("web/src/core/protocol.gen.ts");
  }
}
