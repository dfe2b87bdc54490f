package dev.signalbox.cli;

/// One-time links to a server.
final class Links {
  private Links() {}

  static String fresh(RunningServer server) throws InterruptedException {
    return server.rest().post("/api/auth/links", Rest.object()).path("url").asString();
  }
}
