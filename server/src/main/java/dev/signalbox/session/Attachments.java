package dev.signalbox.session;

import dev.signalbox.agent.Prompt;
import dev.signalbox.event.Turn;
import dev.signalbox.refusal.Refused;
import java.util.ArrayList;
import java.util.List;

/// The files behind what a prompt has attached.
final class Attachments {
  private Attachments() {}

  /// @throws Refused `upload_missing` when one is gone
  static List<Prompt.Image> images(Uploads uploads, Turn turn) {
    var images = new ArrayList<Prompt.Image>();
    for (var attachment : turn.attachments()) {
      var upload =
          uploads
              .find(attachment.upload())
              .orElseThrow(() ->
                  Refused.notFound(
                      "upload_missing",
                      "The attachment " + attachment.upload() + " is gone; attach it again."));
      images.add(new Prompt.Image(upload.file(), attachment.type()));
    }
    return images;
  }
}
