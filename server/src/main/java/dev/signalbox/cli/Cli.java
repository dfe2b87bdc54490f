package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.refusal.Refused;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Carries one call of `signalbox` out.
public final class Cli {
  static final int FAILED = 1;
  static final int WRONG_CALL = 2;
  static final int INTERRUPTED = 130;

  private static final int WIDTH = 100;

  /// What a call has around it.
  ///
  /// @param environment of the process
  /// @param out UTF-8
  /// @param err UTF-8
  /// @param mainClass what `up --detach` starts in another process
  public record Host(
      Map<String, String> environment,
      InputStream in,
      PrintStream out,
      PrintStream err,
      Launcher launcher,
      String mainClass) {
    public Host {
      environment = Map.copyOf(environment);
    }
  }

  private Cli() {}

  /// Returns when the call is done; for `up` that is when the server has ended.
  ///
  /// @return the exit code: 0 done, 1 failed, 2 a wrong call, and what single commands add
  public static int run(Host host, String... args) {
    try {
      var call = Arguments.parse(List.of(args));
      var name = call.command();
      var line = new CommandLine(new Signalbox());
      if (name == null) {
        Arguments.COMMANDS.forEach(each -> line.addSubcommand(each, command(each, host)));
      } else {
        // Only the one: looking at the annotations of all would take longer than most calls.
        line.addSubcommand(name, command(name, host));
      }
      configure(line, host);
      var rest = call.args().stream();
      var all = name == null ? rest : Stream.concat(Stream.of(name), rest);
      return line.execute(all.toArray(String[]::new));
    } catch (WrongCall e) {
      return say(host, e, WRONG_CALL);
    }
  }

  private static Callable<Integer> command(String name, Host host) {
    return switch (name) {
      case "up" -> new Up(host);
      case "open" -> new Open(host);
      case "down" -> new Down(host);
      case "send" -> new Send(host);
      case "run" -> new Run(host);
      case "ls" -> new Ls(host);
      case "attach" -> new Attach(host);
      case "stop" -> new Stop(host);
      case "asks" -> new Asks(host);
      case "answer" -> new Answer(host);
      case "agents" -> new Agents(host);
      case "doctor" -> new Doctor(host);
      case Arguments.REHEARSE -> new Rehearse(host);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static void configure(CommandLine line, Host host) {
    line.setOut(new PrintWriter(host.out(), true, UTF_8));
    line.setErr(new PrintWriter(host.err(), true, UTF_8));
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setUsageHelpWidth(WIDTH);
    line.setExpandAtFiles(false); // a prompt may begin with @
    line.setParameterExceptionHandler((e, args) -> {
      host.err().println(explain(e, List.of(args)));
      return WRONG_CALL;
    });
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(host, e));
  }

  private static String explain(ParameterException e, List<String> args) {
    var spec = e.getCommandLine().getCommandSpec();
    var unknown = unknown(e, spec, args);
    var what =
        unknown.isEmpty()
            ? Plain.line(String.valueOf(e.getMessage())).replace("not an int", "not a whole number")
            : unmatched(spec.qualifiedName(), unknown);
    return "%s%s `%s --help` shows how it is called."
        .formatted(what, what.endsWith(".") ? "" : ".", spec.qualifiedName());
  }

  /// What is no option and no value; a prompt that begins with - looks like a missing one.
  private static String unknown(ParameterException e, CommandSpec spec, List<String> args) {
    return switch (e) {
      case UnmatchedArgumentException unmatched -> unmatched.getUnmatched().getFirst();
      case MissingParameterException _ ->
          args.stream()
              .filter(arg -> arg.length() > 1 && arg.startsWith("-") && !arg.equals("--"))
              .filter(arg -> !spec.optionsMap().containsKey(arg.split("=", 2)[0]))
              .findFirst()
              .orElse("");
      default -> "";
    };
  }

  private static String unmatched(String command, String argument) {
    var shown = Plain.line(argument);
    return argument.startsWith("-")
        ? "%s has no option \"%s\" (put -- before a text that begins with -)."
            .formatted(command, shown)
        : "%s does not take \"%s\" (a text of several words needs quotes)."
            .formatted(command, shown);
  }

  private static int failed(Host host, Exception e) {
    return switch (e) {
      case WrongCall wrong -> say(host, wrong, WRONG_CALL);
      case Refused refused -> say(host, refused, FAILED);
      case ServerRefused refused -> say(host, refused, FAILED);
      case InterruptedException _ -> INTERRUPTED;
      default -> {
        host.err().println("This should not happen; please report it with `signalbox doctor`:");
        e.printStackTrace(host.err());
        yield FAILED;
      }
    };
  }

  private static int say(Host host, RuntimeException e, int exit) {
    host.err().println(Plain.line(String.valueOf(e.getMessage())));
    return exit;
  }
}
