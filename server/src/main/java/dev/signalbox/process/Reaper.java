package dev.signalbox.process;

import dev.signalbox.process.Tree.Root;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends what the records of earlier runs still point to.
final class Reaper {
  private static final Logger log = LoggerFactory.getLogger(Reaper.class);
  private static final Pattern RUN_ID = Pattern.compile("[0-9a-f]{32}");
  private static final long KILL_MILLIS = 3_000;

  private final ProcessTable table;
  private final RunRecord.Server self;
  private final Set<Long> foreign;

  Reaper(ProcessTable table, RunRecord.Server self, Set<Long> foreign) {
    this.table = table;
    this.self = self;
    this.foreign = foreign;
  }

  /// @param own the record of this run; those beside it are earlier ones
  Reaped reap(RunRecord own) {
    var total = new Reaped(0, 0, 0);
    try {
      for (RunRecord record : own.all()) {
        boolean earlier = RUN_ID.matcher(record.run()).matches() && !record.run().equals(own.run());
        if (earlier) {
          Reaped one = settle(record);
          total =
              new Reaped(
                  total.runs() + one.runs(),
                  total.ended() + one.ended(),
                  total.spared() + one.spared());
        }
      }
    } catch (IOException e) {
      log.warn("event=run.reap directory={}", own.directory().getParent(), e);
    }
    return total;
  }

  private Reaped settle(RunRecord record) throws IOException {
    Optional<RunRecord.Server> server = record.server();
    if (server.map(this::isAlive).orElse(false)) {
      return new Reaped(0, 0, 0);
    }
    if (server.isPresent() && !server.get().bootId().equals(self.bootId())) {
      record.delete(); // nothing survives a boot, and every number means somebody else
      return new Reaped(1, 0, 0);
    }
    List<Root> roots = record.roots();
    int spared = (int) roots.stream().filter(this::isSomebodyElse).count();
    Optional<Integer> ended = tree(record, server, roots).kill(KILL_MILLIS);
    if (ended.isPresent()) {
      record.delete();
    } else {
      log.error("event=run.leftovers run={}: not all of them could be ended", record.run());
    }
    var reaped = new Reaped(1, ended.orElse(0), spared);
    log.info("event=run.reaped run={} result={}", record.run(), reaped);
    return reaped;
  }

  private Tree tree(RunRecord record, Optional<RunRecord.Server> server, List<Root> roots) {
    var never = new HashSet<>(foreign);
    server.ifPresent(recorded -> {
      never.add(recorded.group());
      never.add(recorded.session());
    });
    return new Tree(table, Children.RUN + "=" + record.run(), roots, false, never);
  }

  private boolean isAlive(RunRecord.Server server) {
    return server.bootId().equals(self.bootId()) && start(server.process()).equals(same(server));
  }

  private boolean isSomebodyElse(Root root) {
    Optional<String> start = start(root);
    return start.isPresent() && !start.get().equals(root.start());
  }

  private Optional<String> start(Root root) {
    return table.entry(root.pid()).map(ProcessTable.Entry::start);
  }

  private static Optional<String> same(RunRecord.Server server) {
    return Optional.of(server.process().start());
  }
}
