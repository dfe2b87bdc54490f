package dev.signalbox.practice;

import java.util.Locale;

/// What the practice agent understands: one command at the beginning of the prompt.
sealed interface Command {
  int MOST = 100_000;
  String ACCOUNT_END = "</conversation>";

  record Help() implements Command {}

  record ListFolder(String folder) implements Command {}

  record Read(String file) implements Command {}

  record Write(String file, String text) implements Command {}

  record Run(String command) implements Command {}

  record Plan() implements Command {}

  record Ask(String question) implements Command {}

  record Think(String text) implements Command {}

  record Count(int to) implements Command {}

  /// The command is known but something it needs is missing or wrong.
  record Incomplete(String advice) implements Command {}

  record Unknown(String word) implements Command {}

  /// Reads a prompt. The word may be in any case and may begin with a slash, because interfaces
  /// offer commands that way.
  static Command parse(String prompt) {
    var text = afterAccount(prompt).strip();
    var word = firstWord(text);
    var rest = text.substring(word.length()).strip();
    return switch (word.toLowerCase(Locale.ROOT).replaceFirst("^/", "")) {
      case "help" -> new Help();
      case "list" -> new ListFolder(rest.isEmpty() ? "." : unquoted(rest));
      case "read" -> rest.isEmpty() ? missing("read FILE") : new Read(unquoted(rest));
      case "write" -> write(rest);
      case "run" -> rest.isEmpty() ? missing("run COMMAND") : new Run(rest);
      case "plan" -> new Plan();
      case "ask" -> rest.isEmpty() ? missing("ask QUESTION") : new Ask(rest);
      case "think" -> rest.isEmpty() ? missing("think TEXT") : new Think(rest);
      case "count" -> count(rest);
      default -> new Unknown(word);
    };
  }

  /// Signalbox puts an account of what other agents did before a prompt. This agent has no use for
  /// it.
  private static String afterAccount(String prompt) {
    int end = prompt.startsWith("<conversation") ? prompt.lastIndexOf(ACCOUNT_END) : -1;
    return end < 0 ? prompt : prompt.substring(end + ACCOUNT_END.length());
  }

  private static Command write(String rest) {
    var file = fileName(rest);
    var text = rest.substring(file.length()).strip();
    return file.isEmpty() || text.isEmpty()
        ? missing("write FILE TEXT")
        : new Write(unquoted(file), text);
  }

  private static Command count(String rest) {
    try {
      int to = Integer.parseInt(rest);
      if (to >= 1 && to <= MOST) {
        return new Count(to);
      }
    } catch (NumberFormatException e) {
      // Told below, like a number out of range.
    }
    return new Incomplete("`count N` needs a whole number from 1 to " + MOST + ".");
  }

  private static Incomplete missing(String form) {
    return new Incomplete("Something is missing. The command is `" + form + "`.");
  }

  private static String firstWord(String text) {
    int end = 0;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    return text.substring(0, end);
  }

  /// A name with spaces is written in double quotes.
  private static String fileName(String rest) {
    int closing = rest.startsWith("\"") ? rest.indexOf('"', 1) : -1;
    return closing > 0 ? rest.substring(0, closing + 1) : firstWord(rest);
  }

  private static String unquoted(String name) {
    return name.length() > 2 && name.startsWith("\"") && name.endsWith("\"")
        ? name.substring(1, name.length() - 1)
        : name;
  }
}
