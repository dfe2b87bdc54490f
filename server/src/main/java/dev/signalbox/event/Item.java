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
    var copy = new Copy(this);
    copy.status = status;
    copy.endedAt = endedAt;
    return copy.item();
  }

  public Item withParent(@Nullable ItemId parent) {
    var copy = new Copy(this);
    copy.parent = parent;
    return copy.item();
  }

  /// The growing fields; the journal fills them in when it delivers a completed item.
  public Item withGrown(
      @Nullable String text,
      @Nullable String output,
      @Nullable String diff,
      @Nullable Long bytes,
      @Nullable Boolean truncated,
      @Nullable Map<String, Cut> cut) {
    var copy = new Copy(this);
    copy.text = text;
    copy.output = output;
    copy.diff = diff;
    copy.bytes = bytes;
    copy.truncated = truncated;
    copy.cut = cut;
    return copy.item();
  }

  public Item withTool(Tool tool) {
    var copy = new Copy(this);
    copy.tool = tool;
    return copy.item();
  }

  public Item withPlan(List<PlanEntry> plan) {
    var copy = new Copy(this);
    copy.plan = plan;
    return copy.item();
  }

  public Item withAsk(AskId ask) {
    var copy = new Copy(this);
    copy.ask = ask;
    return copy.item();
  }

  public Item withNotice(Notice notice) {
    var copy = new Copy(this);
    copy.notice = notice;
    return copy.item();
  }

  public Item withError(Problem error) {
    var copy = new Copy(this);
    copy.error = error;
    return copy.item();
  }

  public Item withAttachments(List<Attachment> attachments) {
    var copy = new Copy(this);
    copy.attachments = List.copyOf(attachments);
    return copy.item();
  }

  /// What may still change, while one item is made of another.
  private static final class Copy {
    private final Item of;
    private @Nullable ItemId parent;
    private Status status;
    private @Nullable Instant endedAt;
    private @Nullable String text;
    private @Nullable String output;
    private @Nullable String diff;
    private @Nullable Long bytes;
    private @Nullable Boolean truncated;
    private @Nullable Map<String, Cut> cut;
    private @Nullable Tool tool;
    private @Nullable List<PlanEntry> plan;
    private @Nullable AskId ask;
    private @Nullable Notice notice;
    private @Nullable Problem error;
    private @Nullable List<Attachment> attachments;

    Copy(Item of) {
      this.of = of;
      parent = of.parent;
      status = of.status;
      endedAt = of.endedAt;
      text = of.text;
      output = of.output;
      diff = of.diff;
      bytes = of.bytes;
      truncated = of.truncated;
      cut = of.cut;
      tool = of.tool;
      plan = of.plan;
      ask = of.ask;
      notice = of.notice;
      error = of.error;
      attachments = of.attachments;
    }

    Item item() {
      return new Item(
          of.id,
          of.lane,
          of.turn,
          parent,
          of.agent,
          of.kind,
          status,
          of.at,
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
