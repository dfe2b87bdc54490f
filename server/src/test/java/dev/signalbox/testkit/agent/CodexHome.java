package dev.signalbox.testkit.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A home for the real Codex in which it talks to a scripted model, as its user would configure it.
///
/// Codex gives a model that is in no catalog no tool to edit with, so the catalog it carries is
/// extended by the models of the test: copies of the first one that is offered plain tools.
public final class CodexHome {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// The models there are, the first one being used.
  public static final List<String> MODELS = List.of("scripted", "scripted-2");

  private CodexHome() {}

  /// @param codex the program
  /// @param home its `CODEX_HOME`; made when it is not there
  /// @param modelUrl of the scripted model, without `/v1`
  public static void configure(Path codex, Path home, String modelUrl) throws IOException {
    Files.createDirectories(home.resolve("tmp"));
    var catalog = home.resolve("scripted-models.json");
    Files.writeString(catalog, JSON.writeValueAsString(extended(catalog(codex, home))));
    Files.writeString(
        home.resolve("config.toml"),
        """
        model = "scripted"
        model_provider = "scripted"
        model_catalog_json = "%s"
        check_for_update_on_startup = false
        [analytics]
        enabled = false
        [model_providers.scripted]
        name = "Scripted"
        base_url = "%s/v1"
        wire_api = "responses"
        request_max_retries = 0
        stream_max_retries = 0
        """
            .formatted(catalog, modelUrl));
  }

  /// What Codex is started with to live there. It refuses to put the helper that makes its sandbox
  /// below the folder for temporary files, and then no command runs: so that folder is another one
  /// than the test's.
  public static Map<String, String> environment(Path home) {
    return Map.of("CODEX_HOME", home.toString(), "TMPDIR", home.resolve("tmp").toString());
  }

  private static ObjectNode extended(ObjectNode catalog) {
    var models = catalog.withArray("models");
    JsonNode plain = null;
    for (var model : models) {
      if (plain == null && !model.path("tool_mode").isString()) {
        plain = model;
      }
    }
    if (!(plain instanceof ObjectNode template)) {
      throw new IllegalStateException("Codex offers no model plain tools any more");
    }
    for (var name : MODELS) {
      models.add(
          template
              .deepCopy()
              .put("slug", name)
              .put("display_name", name)
              .put("supports_search_tool", false));
    }
    return catalog;
  }

  private static ObjectNode catalog(Path codex, Path home) throws IOException {
    var builder = new ProcessBuilder(codex.toString(), "debug", "models");
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv("PATH"));
    builder.environment().put("HOME", home.toString());
    builder.environment().put("CODEX_HOME", home.toString());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    var process = builder.start();
    try (var out = process.getInputStream()) {
      return (ObjectNode) JSON.readTree(out);
    }
  }
}
