package dev.signalbox.http;

/// What is the same for every server but those of tests.
///
/// @param app where the class path has the browser app
record Tuning(SocketTimes sockets, Patience requests, String app) {
  static final Tuning USUAL = new Tuning(SocketTimes.USUAL, Patience.USUAL, "/web");

  Tuning with(SocketTimes sockets) {
    return new Tuning(sockets, requests, app);
  }

  Tuning with(Patience requests) {
    return new Tuning(sockets, requests, app);
  }

  Tuning withApp(String app) {
    return new Tuning(sockets, requests, app);
  }
}
