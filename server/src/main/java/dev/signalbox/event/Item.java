package dev.signalbox.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.id.AskId;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.TurnId;
import dev.signalbox.id.UploadId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One element of a lane's timeline. What is present depends on `kind`: `tool` for tools, `plan`
/// for plans, `ask` for the mark an ask leaves, `notice` for notices, `error` for errors,
/// `attachments` for user items.
///
/// `text`, `output` and `diff` grow: they are absent until the item is completed, and then cut to
/// their head and tail when long: `bytes` is the whole length of the growing fields in UTF-8,
/// `truncated` says that something was left out, and `cut` where.
///
/// @param parent the tool item of the subagent that this item belongs to
/// @param agent the registry name of the agent; absent on user items and Signalbox's own notices
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Item(
    ItemId id,
    LaneId lane,
    @Nullable TurnId turn,
    @Nullable ItemId parent,
    @Nullable String agent,
    Kind kind,
    Status status,
    Instant at,
    @Nullable Instant endedAt,
    @Nullable String text,
    @Nullable String output,
    @Nullable String diff,
    @Nullable Long bytes,
    @Nullable Boolean truncated,
    @Nullable Map<String, Cut> cut,
    @Nullable Tool tool,
    @Nullable List<PlanEntry> plan,
    @Nullable AskId ask,
    @Nullable Notice notice,
    @Nullable Problem error,
    @Nullable List<Attachment> attachments) {

  /// A new, open item with nothing in it.
  public static Item open(
      ItemId id,
      LaneId lane,
      @Nullable TurnId turn,
      @Nullable String agent,
      Kind kind,
      Instant at) {
    return new Item(
        id,
        lane,
        turn,
        null,
        agent,
        kind,
        Status.OPEN,
        at,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  public Item withStatus(Status status, @Nullable Instant endedAt) {
    return new Item(
        id,
        lane,
        turn,
        parent,
        agent,
        kind,
        status,
        at,
        endedAt,
        text,
        output,
        diff,
        bytes,
        truncated,
        cut,
        tool,
        plan,
        ask,
        notice,
        error,
        attachments);
  }

  public Item withParent(@Nullable ItemId parent) {
    return new Item(
        id,
        lane,
        turn,
        parent,
        agent,
        kind,
        status,
        at,
        endedAt,
        text,
        output,
        diff,
        bytes,
        truncated,
        cut,
        tool,
        plan,
        ask,
        notice,
        error,
        attachments);
  }

  /// The growing fields; the journal fills them in when it delivers a completed item.
  public Item withGrown(
      @Nullable String text,
      @Nullable String output,
      @Nullable String diff,
      @Nullable Long bytes,
      @Nullable Boolean truncated,
      @Nullable Map<String, Cut> cut) {
    return new Item(
        id,
        lane,
        turn,
        parent,
        agent,
        kind,
        status,
        at,
        endedAt,
        text,
        output,
        diff,
        bytes,
        truncated,
        cut,
        tool,
        plan,
        ask,
        notice,
        error,
        attachments);
  }

  public Item withTool(Tool tool) {
    return new Item(
        id,
        lane,
        turn,
        parent,
        agent,
        kind,
        status,
        at,
        endedAt,
        text,
        output,
        diff,
        bytes,
        truncated,
        cut,
        tool,
        plan,
        ask,
        notice,
        error,
        attachments);
  }

  public Item withPlan(List<PlanEntry> plan) {
    return new Item(
        id,
        lane,
        turn,
        parent,
        agent,
        kind,
        status,
        at,
        endedAt,
        text,
        output,
        diff,
        bytes,
        truncated,
        cut,
        tool,
        plan,
        ask,
        notice,
        error,
        attachments);
  }

  public Item withAsk(AskId ask) {
    return new Item(
        id,
        lane,
        turn,
        parent,
        agent,
        kind,
        status,
        at,
        endedAt,
        text,
        output,
        diff,
        bytes,
        truncated,
        cut,
        tool,
        plan,
        ask,
        notice,
        error,
        attachments);
  }

  public Item withNotice(Notice notice) {
    return new Item(
        id,
        lane,
        turn,
        parent,
        agent,
        kind,
        status,
        at,
        endedAt,
        text,
        output,
        diff,
        bytes,
        truncated,
        cut,
        tool,
        plan,
        ask,
        notice,
        error,
        attachments);
  }

  public Item withError(Problem error) {
    return new Item(
        id,
        lane,
        turn,
        parent,
        agent,
        kind,
        status,
        at,
        endedAt,
        text,
        output,
        diff,
        bytes,
        truncated,
        cut,
        tool,
        plan,
        ask,
        notice,
        error,
        attachments);
  }

  public Item withAttachments(List<Attachment> attachments) {
    return new Item(
        id,
        lane,
        turn,
        parent,
        agent,
        kind,
        status,
        at,
        endedAt,
        text,
        output,
        diff,
        bytes,
        truncated,
        cut,
        tool,
        plan,
        ask,
        notice,
        error,
        List.copyOf(attachments));
  }

  public enum Kind {
    @JsonProperty("user")
    USER,
    @JsonProperty("text")
    TEXT,
    @JsonProperty("reasoning")
    REASONING,
    @JsonProperty("tool")
    TOOL,
    @JsonProperty("plan")
    PLAN,
    @JsonProperty("todo")
    TODO,
    @JsonProperty("ask")
    ASK,
    @JsonProperty("review")
    REVIEW,
    @JsonProperty("change")
    CHANGE,
    @JsonProperty("checkpoint")
    CHECKPOINT,
    @JsonProperty("compaction")
    COMPACTION,
    @JsonProperty("notice")
    NOTICE,
    @JsonProperty("error")
    ERROR
  }

  public enum Status {
    @JsonProperty("open")
    OPEN,
    @JsonProperty("done")
    DONE,
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("cancelled")
    CANCELLED
  }

  /// The fields that grow. Their names are the field names on the wire.
  public enum Field {
    @JsonProperty("text")
    TEXT,
    @JsonProperty("output")
    OUTPUT,
    @JsonProperty("diff")
    DIFF
  }

  /// Where a long field was cut: `omitted` UTF-16 units are missing at offset `at` of what is
  /// shown.
  public record Cut(int at, long omitted) {}

  /// @param name the agent's name of the tool, or the kind's when it gives none
  /// @param kind read edit delete move search execute fetch think mcp subagent other
  /// @param paths files the call names, absolute or relative to the lane's folder
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Tool(
      String name,
      String kind,
      String title,
      @Nullable JsonNode input,
      List<String> paths,
      @Nullable Integer exitCode) {
    public Tool {
      paths = List.copyOf(paths);
    }
  }

  /// @param status pending, in_progress or completed
  /// @param priority high, medium or low
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record PlanEntry(String text, String status, @Nullable String priority) {}

  /// Something Signalbox or the agent tells the user, in words the interface translates by `code`.
  ///
  /// @param code stable: what the interface looks up; `detail` is the English fallback
  /// @param level info, warn or error
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Notice(String code, String level, String detail, @Nullable JsonNode raw) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Attachment(
      UploadId upload,
      String type,
      long bytes,
      @Nullable Integer width,
      @Nullable Integer height) {}
}
