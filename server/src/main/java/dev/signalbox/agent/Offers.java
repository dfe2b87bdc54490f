package dev.signalbox.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What can be chosen in a thread. A null list: the agent does not say.
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Offers(
    @Nullable List<Choice> models,
    @Nullable String model,
    @Nullable List<Choice> modes,
    @Nullable String mode,
    @Nullable List<Choice> efforts,
    @Nullable String effort) {
  public static final Offers NONE = new Offers(null, null, null, null, null, null);

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Choice(String id, String name, @Nullable String description) {}
}
