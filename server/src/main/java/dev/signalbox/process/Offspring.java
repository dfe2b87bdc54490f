package dev.signalbox.process;

import dev.signalbox.process.ProcessTable.Entry;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// What came of a child and was alive at one moment.
public final class Offspring {
  private final Map<Long, Entry> members;

  Offspring(Map<Long, Entry> members) {
    this.members = Map.copyOf(members);
  }

  /// Who of those alive now came later, parents first. A process that one of the earlier ones
  /// started and talks to is left out, with all that came of it: it is no command but something the
  /// child needs, a server of tools or of a language. Pure.
  List<Entry> since(Map<Long, Entry> now, LongPredicate spokenTo) {
    return Tree.parentsFirst(
        now.values().stream()
            .filter(this::isNew)
            .filter(entry -> {
              var first = first(entry, now);
              return !members.containsKey(first.parent()) || !spokenTo.test(first.pid());
            })
            .toList());
  }

  private boolean isNew(Entry entry) {
    var earlier = members.get(entry.pid());
    return earlier == null || !earlier.start().equals(entry.start());
  }

  /// The new one among its forebears that is nearest to the earlier ones.
  private Entry first(Entry entry, Map<Long, Entry> now) {
    var first = entry;
    @Nullable Entry parent = now.get(entry.parent());
    for (int depth = 0; parent != null && isNew(parent) && depth < now.size(); depth++) {
      first = parent;
      parent = now.get(parent.parent());
    }
    return first;
  }
}
