package dev.signalbox;

import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// Where log lines go while a server runs: all of them into files of its context that take turns,
/// at most 64 MB; what is wrong also to standard error, so that the terminal shows one line at a
/// good start. Libraries say only what is wrong.
final class Logs implements AutoCloseable {
  private static final int FILES = 8;
  private static final int BYTES_EACH = 8 * 1024 * 1024;

  private final Logger root = Logger.getLogger("");
  // Held here, because the JVM forgets the level of a logger that nobody holds.
  private final List<Logger> libraries =
      Stream.of("io.javalin", "org.eclipse.jetty").map(Logger::getLogger).toList();
  private final List<Handler> before = List.of(root.getHandlers());
  private final List<Handler> ours;

  private Logs(FileHandler file, ConsoleHandler console) {
    ours = List.of(file, console);
    before.forEach(root::removeHandler);
    ours.forEach(root::addHandler);
    libraries.forEach(library -> library.setLevel(Level.WARNING));
  }

  /// Takes over the log of this process until it is closed.
  ///
  /// @param folder exists and may be written
  /// @throws Refused when no log file can be opened there
  static Logs into(Path folder) {
    try {
      var pattern = folder.toString().replace("%", "%%") + "/server.%g.log";
      var file = new FileHandler(pattern, BYTES_EACH, FILES, true);
      file.setEncoding(StandardCharsets.UTF_8.name());
      file.setFormatter(new Line());
      file.setLevel(Level.INFO);
      var console = new ConsoleHandler();
      console.setFormatter(new Line());
      console.setLevel(Level.WARNING);
      return new Logs(file, console);
    } catch (IOException e) {
      throw Refused.unavailable(
          "logs_unwritable", "No log file can be written in " + folder + ": " + e.getMessage());
    }
  }

  /// Gives the log back to whoever had it before.
  @Override
  public void close() {
    ours.forEach(root::removeHandler);
    ours.forEach(Handler::close);
    before.forEach(root::addHandler);
    libraries.forEach(library -> library.setLevel(null));
  }

  /// One line for each record: time, level, where, what. Whatever a message carries cannot pass for
  /// a line of its own, nor move the cursor of who reads it.
  static final class Line extends Formatter {
    @Override
    public String format(LogRecord log) {
      var where = String.valueOf(log.getLoggerName());
      var line = new StringBuilder(160);
      line.append(log.getInstant()).append(' ').append(log.getLevel().getName()).append(' ');
      line.append(where.substring(where.lastIndexOf('.', where.lastIndexOf('.') - 1) + 1));
      line.append(' ');
      escape(formatMessage(log), line);
      line.append('\n');
      var thrown = log.getThrown();
      if (thrown != null) {
        var trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        trace.toString().lines().forEach(step -> escape(step, line.append("  ")).append('\n'));
      }
      return line.toString();
    }

    private static StringBuilder escape(String text, StringBuilder into) {
      text.codePoints()
          .forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
              into.append("\\u{").append(Integer.toHexString(c)).append('}');
            } else {
              into.appendCodePoint(c);
            }
          });
      return into;
    }
  }
}
