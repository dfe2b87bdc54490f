package dev.signalbox.job;

import dev.signalbox.event.Problem;
import dev.signalbox.event.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How an attempt ended.
record JobEnd(
    JobView.State state,
    @Nullable String result,
    List<String> notes,
    @Nullable Usage usage,
    @Nullable Problem error) {}
