package dev.signalbox.cli;

import java.sql.DriverManager;
import java.sql.SQLException;

/// Versions of what runs in this process.
final class MachineCheck {
  private static final String SECTION = "versions";

  private MachineCheck() {}

  static void versions(Report report) {
    report.fact(SECTION, "Signalbox", Signalbox.Version.own());
    report.fact(
        SECTION,
        "Java",
        "%s (%s)"
            .formatted(System.getProperty("java.vm.version"), System.getProperty("java.vendor")));
    report.fact(
        SECTION,
        "system",
        "%s %s %s, %d processors"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors()));
    encoding(report);
    sqlite(report);
  }

  private static void encoding(Report report) {
    var encoding = System.getProperty("sun.jnu.encoding", "");
    if (encoding.equalsIgnoreCase("UTF-8")) {
      report.fact(SECTION, "file names", encoding);
    } else {
      report.problem(
          SECTION,
          "file names",
          encoding + ": names with other characters cannot be opened; set LC_ALL=C.UTF-8");
    }
  }

  private static void sqlite(Report report) {
    try (var connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        var statement = connection.createStatement();
        var result = statement.executeQuery("select sqlite_version()")) {
      report.fact(SECTION, "SQLite", result.getString(1));
    } catch (SQLException | LinkageError e) {
      report.problem(SECTION, "SQLite", "cannot be loaded: " + e.getMessage());
    }
  }
}
