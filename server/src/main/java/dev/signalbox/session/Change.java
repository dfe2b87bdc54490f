package dev.signalbox.session;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.signalbox.event.Ask;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.id.SessionId;
import org.jspecify.annotations.Nullable;

/// What the list of sessions and the inbox are told, each with the whole new state.
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Change.ProjectChanged.class, name = "project.changed"),
  @JsonSubTypes.Type(value = Change.SessionChanged.class, name = "session.changed"),
  @JsonSubTypes.Type(value = Change.SessionClosed.class, name = "session.closed"),
  @JsonSubTypes.Type(value = Change.LaneCreated.class, name = "lane.created"),
  @JsonSubTypes.Type(value = Change.AskOpened.class, name = "ask.opened"),
  @JsonSubTypes.Type(value = Change.AskClosed.class, name = "ask.closed"),
})
public sealed interface Change {
  record ProjectChanged(ProjectView project) implements Change {}

  record SessionChanged(SessionView session) implements Change {}

  record SessionClosed(SessionId session, ProjectId project) implements Change {}

  /// @param agent null until the first prompt names one, as the mode is
  /// @param directory where its agent works
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record LaneCreated(
      SessionId session,
      LaneId lane,
      SessionView.LaneView view,
      @Nullable String agent,
      String directory,
      @Nullable String mode)
      implements Change {}

  record AskOpened(Ask ask) implements Change {}

  record AskClosed(Ask ask) implements Change {}
}
