package dev.signalbox.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A server in a JVM of its own, for tests that kill it: starts children that do everything to
/// survive, says `up RUN GUARD` and waits to be ended. `orderly` on standard input closes it.
final class NastyServer {
  private NastyServer() {}

  /// @param args run directory, nonce, number of children, whether to use namespaces, and `ps` for
  ///   the process table of other platforms
  public static void main(String[] args) throws Exception {
    boolean namespaces = Boolean.parseBoolean(args[3]);
    ProcessTable table = args[4].equals("ps") ? new PsTable() : new ProcTable();
    var children = Children.open(Path.of(args[0]), System.getenv(), namespaces, table);
    if (children.namespaced() != namespaces) {
      System.out.println("no namespaces here");
      return;
    }
    List<Child> started = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      started.add(children.start(Machine.shell(Machine.NASTY, args[1])));
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
