package dev.signalbox.session;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Turn;
import dev.signalbox.id.AskId;
import dev.signalbox.id.ItemId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Makes what the user sees of an agent's request, and the hash that binds an answer to it.
final class AskCard {
  private AskCard() {}

  static Ask of(
      AskId id,
      ItemId item,
      LaneRow lane,
      Turn turn,
      AgentEvent.AskOpened asked,
      Surroundings around) {
    // The agents' "always" is dropped: some keep it on disk for everyone.
    var options =
        asked.options().stream()
            .filter(option -> !option.lasting())
            .map(option ->
                new Ask.Option(option.id(), option.allows() ? "allow" : "reject", option.label()))
            .toList();
    var kind =
        switch (asked.kind()) {
          case PERMISSION -> Ask.Kind.PERMISSION;
          case QUESTION -> Ask.Kind.QUESTION;
          case PLAN -> Ask.Kind.PLAN;
        };
    var now = around.clock().instant();
    var timeout = around.settings().askTimeout();
    return new Ask(
        id,
        lane.session(),
        lane.id(),
        turn.id(),
        item,
        turn.agent(),
        hash(lane, asked, options.toString()),
        kind,
        Ask.State.OPEN,
        asked.title(),
        asked.tool(),
        asked.input(),
        asked.diff(),
        options,
        asked.schema(),
        now,
        timeout == null ? null : now.plus(timeout));
  }

  private static String hash(LaneRow lane, AgentEvent.AskOpened asked, String options) {
    var content =
        String.join(
            "\u0000",
            lane.directory().toString(),
            asked.title(),
            String.valueOf(asked.tool()),
            String.valueOf(asked.input()),
            String.valueOf(asked.diff()),
            String.valueOf(asked.schema()),
            options);
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(content.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
