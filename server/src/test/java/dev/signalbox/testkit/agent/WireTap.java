package dev.signalbox.testkit.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Stands between a client and an agent that speak in lines, and writes down every line before it
/// hands it on: `> ` from the client, `< ` from the agent. A process of its own, so that nothing of
/// the client has to know of it.
public final class WireTap {
  private WireTap() {}

  /// The command of an agent with a tap in front of it.
  public static List<String> tapped(Path log, List<String> agent) {
    var command = new ArrayList<>(Habits.command());
    command.removeLast();
    command.addAll(List.of(WireTap.class.getName(), log.toString()));
    command.addAll(agent);
    return command;
  }

  /// @param args the log, then the command of the agent
  public static void main(String[] args) throws Exception {
    var log = Path.of(args[0]);
    var agent =
        new ProcessBuilder(List.of(args).subList(1, args.length))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var up =
        Thread.ofPlatform()
            .daemon()
            .start(() -> pump(System.in, agent.getOutputStream(), log, "> "));
    pump(agent.getInputStream(), System.out, log, "< ");
    up.interrupt();
    System.exit(agent.waitFor());
  }

  private static void pump(InputStream in, OutputStream out, Path log, String mark) {
    try (out;
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        append(log, mark + line + "\n");
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (IOException e) {
      // one of the two has gone
    }
  }

  private static void append(Path log, String line) throws IOException {
    synchronized (WireTap.class) {
      Files.writeString(log, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }
}
