package dev.signalbox;

/// The entry point of the process.
public final class Main {
  private Main() {}

  /// Prints the version.
  ///
  /// @param args the command line; not looked at yet
  public static void main(String[] args) {
    System.out.println("signalbox 0.1.0");
  }
}
