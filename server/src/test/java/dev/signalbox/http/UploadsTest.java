package dev.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.id.Ids;
import dev.signalbox.id.UploadId;
import dev.signalbox.store.Database;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UploadsTest {
  @TempDir Path temp;
  private Database database;
  private Uploads uploads;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(temp.resolve("runtime.db"), Database.Kind.RUNTIME);
    uploads =
        new Uploads(
            database,
            Files.createDirectory(temp.resolve("uploads")),
            new Ids(InstantSource.system()),
            InstantSource.system());
  }

  @AfterEach
  void close() {
    database.close();
  }

  // Each says that it is 3 by 2 pixels.
  @ParameterizedTest
  @CsvSource({
    "image/png, iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAC0lEQVQI12NgwAQAABQAAebeTmwAAAAASUVORK5CYII=",
    "image/gif, R0lGODlhAwACAIAAAAAAAP///ywAAAAAAwACAAACAoRRADs=",
    "image/webp, UklGRhoAAABXRUJQVlA4TA4AAAAvAkAAAAcQEf0PRET/Aw==",
  })
  void R_SEND_9_anImageIsWhatItsBytesSay(String type, String base64) throws IOException {
    var bytes = Base64.getDecoder().decode(base64);

    var stored = uploads.store(new ByteArrayInputStream(bytes));

    assertThat(stored.type()).isEqualTo(type);
    assertThat(stored.bytes()).isEqualTo(bytes.length);
    assertThat(stored.width()).isEqualTo(3);
    assertThat(stored.height()).isEqualTo(2);
    var found = uploads.find(stored.upload()).orElseThrow();
    assertThat(found.attachment()).isEqualTo(stored);
    assertThat(found.file()).hasBinaryContent(bytes);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(found.file())))
        .isEqualTo("rw-------");
  }

  @Test
  void theSizeOfAPhotoIsBehindItsMetadata() throws IOException {
    // start, an application segment of 16 bytes, then the frame: 8 bits, height 480, width 640
    var jpeg =
        new byte[] {
          (byte) 0xff,
          (byte) 0xd8,
          (byte) 0xff,
          (byte) 0xe0,
          0,
          16,
          'J',
          'F',
          'I',
          'F',
          0,
          1,
          1,
          0,
          0,
          1,
          0,
          1,
          0,
          0,
          (byte) 0xff,
          (byte) 0xc2,
          0,
          17,
          8,
          1,
          (byte) 0xe0,
          2,
          (byte) 0x80,
          3
        };
    var stored = uploads.store(new ByteArrayInputStream(jpeg));
    assertThat(stored.type()).isEqualTo("image/jpeg");
    assertThat(stored.width()).isEqualTo(640);
    assertThat(stored.height()).isEqualTo(480);
  }

  @Test
  void S62_whatIsNoImageIsRefusedAndLeavesNothing() throws IOException {
    for (var text :
        new String[] {"", "<svg onload=x>", "GIF89", "\u00ff\u00d8", "MZ................"}) {
      assertThatThrownBy(() ->
              uploads.store(
                  new ByteArrayInputStream(
                      text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))))
          .as(text)
          .isInstanceOf(HttpRefusal.class)
          .hasMessageContaining("png");
    }
    assertThat(temp.resolve("uploads")).isEmptyDirectory();
  }

  @Test
  void imagesThatEndTooEarlyHaveNoSize() throws IOException {
    var png = new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13};
    assertThat(uploads.store(new ByteArrayInputStream(png)).width()).isNull();
  }

  @Test
  void anUnknownUploadAndOneWhoseFileIsGoneAreNotThere() throws IOException {
    assertThat(uploads.find(new UploadId("u_0"))).isEmpty();
    var png = new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13};
    var stored = uploads.store(new ByteArrayInputStream(png));
    Files.delete(uploads.find(stored.upload()).orElseThrow().file());
    assertThat(uploads.find(stored.upload())).isEmpty();
  }
}
