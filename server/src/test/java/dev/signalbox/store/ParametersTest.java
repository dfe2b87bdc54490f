package dev.signalbox.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParametersTest {
  @TempDir Path dir;
  private Handle handle;

  @BeforeEach
  void open() throws SQLException {
    handle = Connections.handle(new Connections(dir.resolve("a.db")).writer());
  }

  @AfterEach
  void close() {
    handle.close();
  }

  @Test
  void positionsAndNamesAreBoundAndEachNameAsOftenAsItOccurs() {
    assertThat(
            handle.createQuery("SELECT ? || ?").bind(0, "a").bind(1, "b").mapTo(String.class).one())
        .isEqualTo("ab");
    assertThat(
            handle
                .createQuery("SELECT :x||:y_2||:x")
                .bind("x", "a")
                .bind("y_2", "b")
                .mapTo(String.class)
                .one())
        .isEqualTo("aba");
  }

  @Test
  void whatLooksLikeAParameterInTextsNamesAndCommentsIsNone() {
    var row =
        handle
            .createQuery("SELECT ':a ''?''' AS \"x:y?\", -- of :b, who knows?\n :c AS c")
            .bind("c", "it")
            .mapToMap()
            .one();

    assertThat(List.copyOf(row.values())).isEqualTo(List.of(":a '?'", "it"));
  }

  @Test
  void aTextThatDoesNotEndIsSqlitesToRefuse() {
    assertThatThrownBy(() -> handle.createQuery("SELECT 'a :b").mapTo(String.class).one())
        .hasMessageContaining("unrecognized token");
  }
}
