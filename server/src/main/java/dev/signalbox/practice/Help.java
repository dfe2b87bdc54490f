package dev.signalbox.practice;

import java.util.List;

/// What the practice agent says of itself.
final class Help {
  static final List<Line> COMMANDS =
      List.of(
          new Line("help", "", "says what I am and what I understand"),
          new Line("list", "[DIR]", "lists a folder"),
          new Line("read", "FILE", "shows a file"),
          new Line("write", "FILE TEXT", "writes a file, after asking you"),
          new Line("run", "COMMAND", "runs a shell command, after asking you"),
          new Line("plan", "", "shows a plan and works through it"),
          new Line("ask", "QUESTION", "asks you a yes-or-no question and repeats your answer"),
          new Line("think", "TEXT", "thinks the text aloud"),
          new Line("count", "N", "counts to N, one number every 200 ms"));

  private static final String WHAT =
      """
      I am the practice agent of Signalbox: a small program that follows a few plain commands, \
      so that Signalbox can be tried with no key and no network. I am not a language model and \
      I do not understand anything else.
      """;

  private Help() {}

  record Line(String name, String arguments, String description) {}

  static String all() {
    var text = new StringBuilder(WHAT).append("\nWhat I understand:\n\n");
    for (var line : COMMANDS) {
      var form = (line.name() + " " + line.arguments()).strip();
      text.append("- `").append(form).append("` ").append(line.description()).append('\n');
    }
    return text.append(
            "\nI work in the folder of this conversation and never leave it,"
                + " except that a command you allow me to run can do whatever you can.\n")
        .toString();
  }

  static String unknown(String word) {
    var named = word.isEmpty() ? "an empty prompt" : "`" + shortened(word) + "`";
    return "Sorry, I do not know what to do with "
        + named
        + ".\n\n"
        + WHAT
        + "\nType `help` for the commands.\n";
  }

  private static String shortened(String word) {
    return word.length() <= 40 ? word : word.substring(0, 40) + "…";
  }
}
