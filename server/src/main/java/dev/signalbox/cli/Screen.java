package dev.signalbox.cli;

import java.io.PrintStream;
import tools.jackson.databind.JsonNode;

/// Where a command says something: results on standard output, remarks about how it goes on
/// standard error.
record Screen(PrintStream out, PrintStream err) {
  Screen(Cli.Host host) {
    this(host.out(), host.err());
  }

  /// @param line harmless already
  void line(String line) {
    out.println(line);
  }

  void table(Table table) {
    table.lines().forEach(out::println);
  }

  /// On one line, so that a program can read line by line.
  void json(JsonNode node) {
    out.println(node);
  }

  void remark(String remark) {
    err.println(Plain.line(remark));
  }
}
