package dev.signalbox.process;

import org.jspecify.annotations.Nullable;

/// How a child ended.
///
/// @param code 0-255; 128 and the signal's number when a signal ended it
/// @param signal the name of that signal (`SIGKILL`), null when none is likely: a program that
///   itself exits with such a code cannot be told apart
/// @param intended whether Signalbox had asked for the end before it came; false is a crash or the
///   program's own decision
public record Exit(int code, @Nullable String signal, boolean intended) {
  static Exit of(int code, boolean intended) {
    return new Exit(code, code > 128 && code <= 128 + 64 ? signalName(code - 128) : null, intended);
  }

  /// Only numbers that mean the same on Linux and macOS get a name.
  private static String signalName(int number) {
    return switch (number) {
      case 1 -> "SIGHUP";
      case 2 -> "SIGINT";
      case 3 -> "SIGQUIT";
      case 4 -> "SIGILL";
      case 5 -> "SIGTRAP";
      case 6 -> "SIGABRT";
      case 8 -> "SIGFPE";
      case 9 -> "SIGKILL";
      case 11 -> "SIGSEGV";
      case 13 -> "SIGPIPE";
      case 14 -> "SIGALRM";
      case 15 -> "SIGTERM";
      default -> "signal " + number;
    };
  }
}
