package dev.signalbox.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What the doctor found, in sections. The home folder is left out of every value, because it tells
/// who somebody is.
final class Report {
  /// @param problem whether somebody should look at it
  private record Finding(String name, String value, boolean problem) {}

  private final String home;
  private final Map<String, List<Finding>> sections = new LinkedHashMap<>();

  /// @param home empty when there is none
  Report(String home) {
    this.home = home.endsWith("/") ? home.substring(0, home.length() - 1) : home;
  }

  void fact(String section, String name, String value) {
    add(section, new Finding(name, redacted(value), false));
  }

  void problem(String section, String name, String value) {
    add(section, new Finding(name, redacted(value), true));
  }

  private void add(String section, Finding finding) {
    sections.computeIfAbsent(section, title -> new ArrayList<>()).add(finding);
  }

  private String redacted(String value) {
    return Plain.line(home.isEmpty() ? value : value.replace(home, "~"));
  }

  List<String> lines() {
    var lines = new ArrayList<String>();
    sections.forEach((title, findings) -> {
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.add(title);
      int width = findings.stream().mapToInt(found -> Table.width(found.name())).max().orElse(0);
      for (var found : findings) {
        lines.add(
            "%s %s%s  %s"
                .formatted(
                    found.problem() ? "!" : " ",
                    found.name(),
                    " ".repeat(width - Table.width(found.name())),
                    found.value()));
      }
    });
    long problems =
        sections.values().stream().flatMap(List::stream).filter(Finding::problem).count();
    lines.add("");
    lines.add(
        problems == 0
            ? "No problems found."
            : "%d to look at, marked with \"!\".".formatted(problems));
    return lines;
  }

  JsonNode json() {
    var json = Rest.object();
    var problems = Rest.JSON.createArrayNode();
    sections.forEach((title, findings) -> {
      var section = json.putObject(title);
      for (var found : findings) {
        section.put(found.name(), found.value());
        if (found.problem()) {
          problems.add("%s: %s: %s".formatted(title, found.name(), found.value()));
        }
      }
    });
    json.set("problems", problems);
    return json;
  }
}
