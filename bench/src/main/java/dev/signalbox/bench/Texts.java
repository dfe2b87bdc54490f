package dev.signalbox.bench;

import dev.signalbox.testkit.server.Client;
import java.nio.file.Path;
import java.sql.DriverManager;

/// Looks at what was stored.
final class Texts {
  private Texts() {}

  /// Characters of all answers of a turn, read page by page.
  static long length(LiveServer live, Client.Lane lane, String turn) {
    long length = 0;
    String before = "";
    while (true) {
      var page = live.client.get(LiveServer.path(lane) + "/items?limit=200" + before).ok();
      for (var item : page.get("items")) {
        if (item.path("turn").asString("").equals(turn)
            && item.get("kind").asString().equals("text")) {
          length +=
              item.path("truncated").asBoolean(false)
                  ? item.get("bytes").asLong()
                  : item.path("text").asString("").length();
        }
      }
      if (!page.get("more").asBoolean()) {
        return length;
      }
      before = "&before=" + page.get("items").get(0).get("id").asString();
    }
  }

  /// Bytes of the database's pages in use; the server is down.
  static long pages(Path folder) throws Exception {
    var file = folder.resolve("data/contexts/main/runtime.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      try (var row =
          statement.executeQuery(
              "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count(),"
                  + " pragma_freelist_count(), pragma_page_size()")) {
        row.next();
        return row.getLong(1);
      }
    }
  }
}
