package dev.signalbox;

import dev.signalbox.event.WaitsFor;
import dev.signalbox.id.JobId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.id.TurnId;
import dev.signalbox.job.Jobs;
import dev.signalbox.session.Sessions;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/// Lets jobs take their turn among the turns of lanes.
public record JobPasses(Sessions sessions) implements Jobs.Gate {
  @Override
  public Path folder(ProjectId project) {
    return Path.of(sessions.project(project).path());
  }

  @Override
  public void enter(TurnId pass, JobId job, Path root, Consumer<WaitsFor> waits)
      throws InterruptedException {
    var granted = new CountDownLatch(1);
    var waitsFor = sessions.enter(pass, job, root, granted::countDown);
    if (waitsFor != null) {
      waits.accept(waitsFor);
      granted.await();
    }
  }

  @Override
  public void leave(TurnId pass) {
    sessions.leave(pass);
  }
}
