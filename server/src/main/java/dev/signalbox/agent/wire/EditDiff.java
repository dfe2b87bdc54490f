package dev.signalbox.agent.wire;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes a unified diff of an edit that an agent gives as two texts. Bounded in time and size: the
/// comparison is only as good as that allows, the lines it shows are always right.
public final class EditDiff {
  private static final int CONTEXT = 3;

  /// Above this many characters of both texts no difference is made.
  private static final int LARGEST = 4 * 1024 * 1024;

  /// Above this many pairs of lines that may have to be compared, the changed middle is shown as
  /// one block that goes and one that comes.
  private static final long MOST_PAIRS = 4_000_000;

  private EditDiff() {}

  /// @param before the whole old text, null when the file is new
  public static String unified(String path, @Nullable String before, String after) {
    var oldName = before == null ? "/dev/null" : "a/" + stripped(path);
    var newName = "b/" + stripped(path);
    var head = List.of("--- " + oldName, "+++ " + newName);
    if ((before == null ? 0 : before.length()) + after.length() > LARGEST) {
      return joined(head) + "@@ -0,0 +0,0 @@ too large to show\n";
    }
    var from = lines(before == null ? "" : before);
    var to = lines(after);
    if (pairs(from, to) > MOST_PAIRS) {
      return joined(head) + joined(replaced(from, to));
    }
    var patch = DiffUtils.diff(from, to);
    var text = UnifiedDiffUtils.generateUnifiedDiff(oldName, newName, from, patch, CONTEXT);
    return text.isEmpty() ? joined(head) : joined(text);
  }

  private static long pairs(List<String> from, List<String> to) {
    int same = samePrefix(from, to);
    int end = sameSuffix(from, to, same);
    return (long) (from.size() - same - end) * (to.size() - same - end);
  }

  private static List<String> replaced(List<String> from, List<String> to) {
    int same = samePrefix(from, to);
    int end = sameSuffix(from, to, same);
    int gone = from.size() - same - end;
    int come = to.size() - same - end;
    var lines = new ArrayList<String>();
    lines.add("@@ -%d,%d +%d,%d @@".formatted(same + 1, gone, same + 1, come));
    from.subList(same, same + gone).forEach(line -> lines.add("-" + line));
    to.subList(same, same + come).forEach(line -> lines.add("+" + line));
    return lines;
  }

  private static int samePrefix(List<String> from, List<String> to) {
    int same = 0;
    while (same < from.size() && same < to.size() && from.get(same).equals(to.get(same))) {
      same++;
    }
    return same;
  }

  private static int sameSuffix(List<String> from, List<String> to, int prefix) {
    int same = 0;
    while (same < from.size() - prefix
        && same < to.size() - prefix
        && from.get(from.size() - 1 - same).equals(to.get(to.size() - 1 - same))) {
      same++;
    }
    return same;
  }

  /// The lines without their ends; a last line without an end counts like one with.
  private static List<String> lines(String text) {
    return text.lines().toList();
  }

  private static String joined(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }

  private static String stripped(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }
}
