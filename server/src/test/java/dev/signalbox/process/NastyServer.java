package dev.signalbox.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A server in a JVM of its own, for tests that kill it: starts children that do everything to
/// survive, says `up GUARD` and waits to be ended; a line on standard input closes the children
/// first.
final class NastyServer {
  private NastyServer() {}

  /// The nonce is in its environment, so that it is not taken for one of the children itself.
  ///
  /// @param args run directory, number of children, whether to use namespaces, and `ps` for the
  ///   process table of other platforms
  public static void main(String[] args) throws Exception {
    boolean namespaces = Boolean.parseBoolean(args[2]);
    ProcessTable table = args[3].equals("ps") ? new PsTable() : new ProcTable();
    var children = Children.open(Path.of(args[0]), System.getenv(), namespaces, table);
    if (children.namespaced() != namespaces) {
      System.out.println("no namespaces here");
      return;
    }
    List<Child> started = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      started.add(children.start(Machine.shell(Machine.NASTY, System.getenv("NONCE"))));
    }
    for (Child child : started) {
      child.stdout().read();
    }
    System.out.println("up " + children.guardPid());
    while (System.in.read() >= 0) {
      children.close();
      System.out.println("closed");
    }
  }
}
