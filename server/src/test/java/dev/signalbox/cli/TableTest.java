package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  @Tag("R-UI-10")
  void R_UI_10_columnsStandUnderEachOtherInChineseToo() {
    var table = new Table("NAME", "STATE", "TITLE");
    table.row("项目", "idle", "修复 bug");
    table.row("project", "running", "");

    assertThat(table.lines())
        .containsExactly("NAME     STATE    TITLE", "项目     idle     修复 bug", "project  running");
  }

  @Test
  void aCellIsOneLineAndHarmless() {
    var table = new Table("TITLE");
    table.row("two\nlines\u001b[31m");

    assertThat(table.lines()).containsExactly("TITLE", "two lines␛[31m");
  }

  @Test
  void widthIsCountedAsATerminalDoes() {
    assertThat(Table.width("abc")).isEqualTo(3);
    assertThat(Table.width("你好")).isEqualTo(4);
    assertThat(Table.width("é")).isEqualTo(1);
  }

  @Test
  void agesAreShort() {
    var now = Instant.parse("2026-11-20T12:00:00Z");

    assertThat(age("2026-11-20T11:59:55Z", now)).isEqualTo("now");
    assertThat(age("2026-11-20T12:00:05Z", now)).isEqualTo("now");
    assertThat(age("2026-11-20T11:59:30Z", now)).isEqualTo("30 s ago");
    assertThat(age("2026-11-20T11:30:00Z", now)).isEqualTo("30 min ago");
    assertThat(age("2026-11-20T02:30:00Z", now)).isEqualTo("9 h ago");
    assertThat(age("2026-11-18T12:00:00Z", now)).isEqualTo("2026-11-18");
  }

  private static String age(String then, Instant now) {
    return Ages.of(Instant.parse(then), now, ZoneOffset.UTC);
  }
}
