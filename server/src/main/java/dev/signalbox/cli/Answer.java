package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `signalbox answer`.
@Command(
    name = "answer",
    description = "Answer an open ask, once. `signalbox asks` shows what can be answered.")
final class Answer implements Callable<Integer> {
  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  @Parameters(
      index = "0",
      paramLabel = "ASK",
      description = "The ask: its id, an unmistakable beginning or end of it, or last.")
  String ask = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "OPTION",
      description = "One of its options by id, label or number (1 is the first).")
  @Nullable String option;

  @Option(names = "--decline", description = "Answer with none of the options.")
  boolean decline;

  @Option(
      names = "--values",
      paramLabel = "JSON",
      description = "The answer to a form, as a JSON object.")
  @Nullable String values;

  @Option(
      names = "--note",
      paramLabel = "TEXT",
      description = "A word to the agent along with the answer, as to why not.")
  @Nullable String note;

  Answer(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    check();
    try (var server = RunningServer.require(common.context())) {
      var found = References.ask(server, ask);
      if (!common.means(text(found, "agent"))) {
        throw new WrongCall(
            "The ask %s is of %s, not of %s; leave --agent out to answer it."
                .formatted(text(found, "id"), text(found, "agent"), common.agent));
      }
      var body =
          Rest.object()
              .put("hash", text(found, "hash"))
              .put("clientId", UUID.randomUUID().toString());
      var said = choose(body, found);
      if (note != null) {
        body.put("note", note);
      }
      var reply = server.rest().post("/api/asks/" + text(found, "id"), body);
      if (common.json) {
        new Screen(host).json(reply);
      } else {
        new Screen(host).line(Plain.line("%s: %s".formatted(said, text(found, "title"))));
      }
      return 0;
    }
  }

  private void check() {
    int ways = (option == null ? 0 : 1) + (values == null ? 0 : 1) + (decline ? 1 : 0);
    if (ways != 1) {
      throw new WrongCall(
          "Give exactly one of an OPTION, --values JSON or --decline; `signalbox asks` shows the options.");
    }
  }

  /// Puts the answer into the body.
  ///
  /// @return what it is, for people
  private String choose(ObjectNode body, JsonNode ask) {
    if (values != null) {
      body.set("values", form(values));
      return "Answered";
    }
    if (option == null) {
      body.put("decline", true);
      return "Declined";
    }
    var chosen = option(References.list(ask.path("options")), option);
    body.put("option", text(chosen, "id"));
    return "Answered \"" + text(chosen, "label") + "\"";
  }

  private static JsonNode form(String values) {
    try {
      var form = Rest.JSON.readTree(values);
      if (form.isObject()) {
        return form;
      }
    } catch (JacksonException e) {
      // said below
    }
    throw new WrongCall("--values is a JSON object, as in --values '{\"name\":\"value\"}'.");
  }

  private static JsonNode option(List<JsonNode> options, String wanted) {
    for (var field : List.of("id", "label")) {
      var same =
          options.stream()
              .filter(option -> lower(text(option, field)).equals(lower(wanted)))
              .toList();
      if (same.size() == 1) {
        return same.getFirst();
      }
    }
    if (wanted.matches("[1-9]") && Integer.parseInt(wanted) <= options.size()) {
      return options.get(Integer.parseInt(wanted) - 1);
    }
    throw new WrongCall(
        "The ask has no option \"%s\"; it has: %s."
            .formatted(
                wanted,
                options.stream()
                    .map(option -> "%s (%s)".formatted(text(option, "id"), text(option, "label")))
                    .collect(Collectors.joining(", "))));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
