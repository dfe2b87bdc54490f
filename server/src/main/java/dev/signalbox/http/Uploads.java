package dev.signalbox.http;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.signalbox.event.Item;
import dev.signalbox.id.Ids;
import dev.signalbox.id.UploadId;
import dev.signalbox.store.Database;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The images that prompts may name. A file is named by its upload's id, never by a client, and is
/// what its bytes are, never what a client says. Any thread may call.
public final class Uploads implements dev.signalbox.session.Uploads {
  static final int LONGEST = 10 << 20;
  private static final int PIECE = 64 << 10;

  private final Database database;
  private final Path folder;
  private final Ids ids;
  private final InstantSource clock;

  /// @param folder exists; nobody else writes there
  public Uploads(Database database, Path folder, Ids ids, InstantSource clock) {
    this.database = database;
    this.folder = folder;
    this.ids = ids;
    this.clock = clock;
  }

  /// Stores an image, at most 10 MB of it, and returns when it is durable.
  Item.Attachment store(InputStream body) throws IOException {
    var id = ids.upload();
    var file = folder.resolve(id.value());
    try {
      var bytes = write(file, body);
      var image = ImageHeader.read(file).orElseThrow(Uploads::notAnImage);
      var attachment = new Item.Attachment(id, image.type(), bytes, image.width(), image.height());
      database.<@Nullable Void>writeNow(h -> {
        insert(h, attachment);
        return null;
      });
      return attachment;
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private static HttpRefusal notAnImage() {
    return new HttpRefusal(
        415, "upload_type", "Only images can be attached: png, jpeg, gif or webp.");
  }

  private static long write(Path file, InputStream body) throws IOException {
    try (var channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), onlyOurs(file))) {
      var piece = new byte[PIECE];
      for (int n = body.read(piece); n >= 0; n = body.read(piece)) {
        for (var bytes = ByteBuffer.wrap(piece, 0, n); bytes.hasRemaining(); ) {
          channel.write(bytes);
        }
      }
      channel.force(true);
      return channel.size();
    }
  }

  private static FileAttribute<?>[] onlyOurs(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public Optional<Upload> find(UploadId upload) {
    return database.read(h -> select(h, upload)).filter(found -> Files.exists(found.file()));
  }

  private void insert(Handle handle, Item.Attachment attachment) {
    handle.execute(
        """
        INSERT INTO upload (id, type, bytes, width, height, path, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        attachment.upload().value(),
        attachment.type(),
        attachment.bytes(),
        attachment.width(),
        attachment.height(),
        attachment.upload().value(),
        clock.millis());
  }

  private Optional<Upload> select(Handle handle, UploadId upload) {
    return handle
        .createQuery("SELECT type, bytes, width, height, path FROM upload WHERE id = :id")
        .bind("id", upload.value())
        .map((row, _) ->
            new Upload(
                new Item.Attachment(
                    upload,
                    row.getString("type"),
                    row.getLong("bytes"),
                    (Integer) row.getObject("width"),
                    (Integer) row.getObject("height")),
                folder.resolve(row.getString("path"))))
        .findOne();
  }
}
