package dev.signalbox.session;

import dev.signalbox.event.Item;
import dev.signalbox.id.UploadId;
import java.nio.file.Path;
import java.util.Optional;

/// Where the files are that prompts name; implemented by the room that takes uploads in.
@FunctionalInterface
public interface Uploads {
  /// Empty when there is no such upload (any more).
  Optional<Upload> find(UploadId upload);

  record Upload(Item.Attachment attachment, Path file) {}
}
