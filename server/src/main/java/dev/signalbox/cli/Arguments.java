package dev.signalbox.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds out which command is meant: `up` when none is named, and the options that all commands
/// share may also stand before its name.
///
/// @param command null for Signalbox itself, of which only `--help` and `--version` are asked
/// @param args what is for the command
record Arguments(@Nullable String command, List<String> args) {
  /// In the order of the help.
  static final List<String> COMMANDS =
      List.of(
          "up", "open", "down", "send", "run", "ls", "attach", "stop", "asks", "answer", "agents",
          "doctor");

  /// For `./signalbox` itself, so it is not listed.
  static final String REHEARSE = "rehearse";

  private static final Set<String> ABOUT = Set.of("-h", "--help", "-V", "--version");
  private static final Set<String> SHARED_WITH_VALUE =
      Set.of("--data", "--context", "--agent", "--adapter");

  Arguments {
    args = List.copyOf(args);
  }

  /// @throws WrongCall when there is no such command
  static Arguments parse(List<String> args) {
    int at = 0;
    while (at < args.size() && args.get(at).startsWith("-")) {
      var option = args.get(at);
      if (ABOUT.contains(option)) {
        return new Arguments(null, List.of(option));
      }
      if (SHARED_WITH_VALUE.contains(option)) {
        at += 2;
      } else if (option.equals("--json") || isSharedWithItsValue(option)) {
        at += 1;
      } else {
        return new Arguments("up", args);
      }
    }
    return at >= args.size() ? new Arguments("up", args) : named(args, at);
  }

  private static boolean isSharedWithItsValue(String option) {
    int end = option.indexOf('=');
    return end > 0 && SHARED_WITH_VALUE.contains(option.substring(0, end));
  }

  private static Arguments named(List<String> args, int at) {
    var name = args.get(at);
    var rest = new ArrayList<>(args.subList(0, at));
    rest.addAll(args.subList(at + 1, args.size()));
    if (name.equals("help")) {
      var about = at + 1 < args.size() ? args.get(at + 1) : null;
      return new Arguments(about == null ? null : known(about), List.of("--help"));
    }
    return new Arguments(known(name), rest);
  }

  private static String known(String name) {
    if (!COMMANDS.contains(name) && !name.equals(REHEARSE)) {
      throw new WrongCall(
          "There is no command \"%s\". There are: %s. `signalbox --help` says what they do."
              .formatted(Plain.line(name), String.join(", ", COMMANDS)));
    }
    return name;
  }
}
