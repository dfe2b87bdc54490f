package dev.signalbox.bench;

import static dev.signalbox.testkit.model.ModelTurn.says;

import dev.signalbox.testkit.model.ModelScript;
import dev.signalbox.testkit.model.ScriptedModel;
import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/// P9: what warm lanes of a real agent cost in memory, those that share a process beside those that
/// have one each. The agent is opencode as pinned in `agents/`, its model the scripted one.
final class LanesBench {
  private static final int LANES = 10;
  private static final String OPENCODE = "agents/node_modules/opencode-linux-x64/bin/opencode";

  private LanesBench() {}

  static List<Figure> run(Path folder, Path root) throws Exception {
    var program = root.resolve(OPENCODE);
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(program + " is missing: run `./check --agents` once");
    }
    try (var model = ScriptedModel.start()) {
      var shared = memories(folder.resolve("readers"), program, model.url(), "planner", 1);
      var apart = memories(folder.resolve("folders"), program, model.url(), "planner", LANES);
      var alone = memories(folder.resolve("writers"), program, model.url(), "worker", LANES);
      return figures(shared, apart, alone);
    }
  }

  private static List<Figure> figures(double[] shared, double[] apart, double[] alone) {
    var method =
        "the resident memory of all agent processes and their children 2 s after each of "
            + LANES
            + " lanes had its first turn";
    var more = new double[LANES - 1];
    for (int i = 1; i < LANES; i++) {
      more[i - 1] = shared[i] - shared[i - 1];
    }
    double mean = (shared[LANES - 1] - shared[0]) / (LANES - 1);
    return List.of(
        Figure.atMost(
            "P9", "one more warm read-only lane of opencode, mean", "MB", 10, method, mean),
        Figure.atMost("P9one", "the same, lane by lane", "MB", 10, method, more),
        Figure.atMost(
            "P9ten",
            "ten warm read-only lanes, one process",
            "MB",
            1_000,
            method,
            shared[LANES - 1]),
        Figure.atMost(
            "P9far",
            "ten warm read-only lanes in ten folders, one process",
            "MB",
            1_000,
            method,
            apart[LANES - 1]),
        // Stated, not promised.
        Figure.atMost(
            "P9own",
            "ten writing lanes in ten folders, one process each",
            "MB",
            100_000,
            method,
            alone[LANES - 1]));
  }

  /// What the agent's processes have in all after the first turn of each lane.
  private static double[] memories(
      Path folder, Path program, String model, String role, int projects) throws Exception {
    configure(folder, program, model);
    var memories = new double[LANES];
    try (var launched = Launched.start(folder)) {
      var client = new Client(launched.port(), launched.port(), launched.token());
      for (int i = 0; i < LANES; i++) {
        var project = Files.createDirectories(folder.resolve("project-" + i % projects));
        var lane = Client.lane(client.session(project), role);
        var turn = client.prompt(lane, "opencode", ModelScript.of(says("Warm.")).in("Warm up"));
        awaitEnd(client, lane, turn.get("turn").asString());
        TimeUnit.SECONDS.sleep(2); // what the turn used is given back, or is not
        memories[i] = memory(client);
      }
    }
    return memories;
  }

  private static void awaitEnd(Client client, Client.Lane lane, String turn) throws Exception {
    for (int tries = 0; tries < 1_200; tries++) {
      for (JsonNode each : client.get(LiveServer.path(lane) + "/turns").ok().path("turns")) {
        if (each.get("id").asString().equals(turn) && each.has("endedAt")) {
          if (!each.get("state").asString().equals("completed")) {
            throw new IllegalStateException("the turn ended so: " + each);
          }
          return;
        }
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new IllegalStateException("the turn " + turn + " did not end in 2 minutes");
  }

  private static double memory(Client client) {
    long sum = 0;
    for (JsonNode process : client.get("/api/processes").ok()) {
      sum += process.get("memory").asLong();
    }
    return sum / 1e6;
  }

  private static void configure(Path folder, Path program, String model) throws IOException {
    var config = Files.createDirectories(folder.resolve("data/config"));
    var home = Files.createDirectories(folder.resolve("home"));
    var lines = new ArrayList<String>();
    lines.add("turnsInFlight = 32");
    lines.add("[processes]\nmost = 32\nmemory = \"100 GB\"");
    lines.add("[agents.opencode]\ncommand = \"" + program + "\"");
    lines.add("[agents.opencode.env]");
    for (var kind : List.of("CONFIG", "DATA", "STATE", "CACHE")) {
      lines.add("XDG_" + kind + "_HOME = \"" + home.resolve(kind) + "\"");
    }
    for (var off : List.of("MODELS_FETCH", "LSP_DOWNLOAD", "SHARE", "DEFAULT_PLUGINS")) {
      lines.add("OPENCODE_DISABLE_" + off + " = \"1\"");
    }
    Files.writeString(config.resolve("signalbox.toml"), String.join("\n", lines) + "\n");
    var own = Files.createDirectories(home.resolve("CONFIG/opencode")).resolve("opencode.json");
    Files.writeString(own, opencodeJson(model));
  }

  private static String opencodeJson(String model) {
    return """
    {"autoupdate":false,"share":"disabled","enabled_providers":["fake"],
     "model":"fake/fake-1","small_model":"fake/fake-1",
     "provider":{"fake":{"npm":"@ai-sdk/openai-compatible","name":"Fake",
       "options":{"baseURL":"%s/v1","apiKey":"dummy-key"},
       "models":{"fake-1":{"name":"Fake One","limit":{"context":128000,"output":8000},
         "tool_call":true}}}}}
    """
        .formatted(model);
  }
}
