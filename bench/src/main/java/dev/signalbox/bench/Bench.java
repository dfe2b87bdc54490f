package dev.signalbox.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// Measures the targets of the product and prints them as a table; the last line names the file
/// with the same as JSON. Arguments choose groups: `start` (P1, P2, P6, P7), `stream` (P3, P4, P8),
/// `flood` (P5), `disk` (P13), `lanes` (P9, with the real opencode); none means all but the last.
public final class Bench {
  private Bench() {}

  public static void main(String[] args) throws Exception {
    var root = Path.of(System.getProperty("signalbox.root"));
    var work = Files.createDirectories(root.resolve("bench/target/work"));
    var groups = args.length == 0 ? Set.of("start", "stream", "flood", "disk") : Set.of(args);
    var figures = new ArrayList<Figure>();
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    machine().forEach((key, value) -> out.println(key + ": " + value));
    if (groups.contains("start")) {
      figures.addAll(told(out, StartBench.run(Files.createDirectories(work.resolve("history")))));
    }
    if (groups.contains("stream")) {
      figures.addAll(
          told(out, StreamBench.run(fresh(work, "stream"), root.resolve("bench/relay"))));
    }
    if (groups.contains("flood")) {
      figures.addAll(told(out, StreamBench.flood(fresh(work, "flood"))));
    }
    if (groups.contains("disk")) {
      figures.addAll(told(out, StreamBench.disk(fresh(work, "disk"))));
    }
    if (groups.contains("lanes")) {
      figures.addAll(told(out, LanesBench.run(fresh(work, "lanes"), root)));
    }
    var report = new LinkedHashMap<String, Object>(machine());
    report.put("at", Instant.now().toString());
    report.put("figures", figures);
    var file = root.resolve("bench/target/figures.json");
    Files.writeString(
        file,
        JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(report));
    long missed = figures.stream().filter(figure -> !figure.met()).count();
    out.println(figures.size() - missed + " met, " + missed + " missed; as JSON: " + file);
  }

  private static List<Figure> told(PrintStream out, List<Figure> figures) {
    figures.forEach(figure -> out.println(figure.row()));
    return figures;
  }

  private static Path fresh(Path work, String name) throws IOException {
    return Files.createTempDirectory(work, name + "-");
  }

  private static Map<String, Object> machine() {
    var machine = new LinkedHashMap<String, Object>();
    machine.put("cores", Runtime.getRuntime().availableProcessors());
    machine.put("java", Runtime.version().toString());
    machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put("load", String.format(Locale.ROOT, "%.2f", Proc.load()));
    return machine;
  }
}
