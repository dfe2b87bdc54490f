package dev.signalbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.cli.Cli;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;

/// The entry point of the process. It loads nothing but the command line; the server's classes come
/// with the launcher's first use.
public final class Main {
  private Main() {}

  /// Carries the command out and ends the process with its exit code.
  public static void main(String[] args) {
    var out = stream(FileDescriptor.out);
    var err = stream(FileDescriptor.err);
    // Not a method reference: that would load App here and now, for `signalbox ls` too.
    var host =
        new Cli.Host(
            System.getenv(),
            System.in,
            out,
            err,
            options -> App.launch(options),
            Main.class.getName());
    int exit = Cli.run(host, args);
    out.flush();
    err.flush();
    System.exit(exit);
  }

  /// UTF-8 whatever the locale: so is everything that agents and users write.
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new BufferedOutputStream(new FileOutputStream(descriptor)), true, UTF_8);
  }
}
