package dev.signalbox.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.id.Ids;
import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicesTest {
  @TempDir Path temp;
  private Instant now = Instant.parse("2026-11-20T12:00:00Z");
  private Database database;
  private Devices devices;

  @BeforeEach
  void open() {
    database = Database.open(temp.resolve("runtime.db"), Database.Kind.RUNTIME);
    devices = devices();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void cookieAndKeyOnlyCountTogether() {
    var a = devices.enroll("Firefox on Linux");
    var b = devices.enroll("Chrome on Linux");

    assertThat(devices.find(a.cookie(), a.key()))
        .hasValueSatisfying(p -> assertThat(p.name()).isEqualTo("Firefox on Linux"));
    assertThat(devices.find(a.cookie(), b.key())).isEmpty();
    assertThat(devices.find(a.key(), a.cookie())).isEmpty();
    assertThat(devices.find(a.cookie(), "")).isEmpty();
  }

  @Test
  void aDeviceSurvivesARestart() {
    var a = devices.enroll("Firefox");
    assertThat(devices().find(a.cookie(), a.key())).contains(a.principal());
  }

  @Test
  void S91_theDatabaseHoldsNeitherCookieNorKey() throws Exception {
    var a = devices.enroll("Firefox");
    database.close();
    try (var files = Files.list(temp)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, ISO_8859_1))
            .as(file.toString())
            .doesNotContain(a.cookie())
            .doesNotContain(a.key());
      }
    }
  }

  @Test
  void ninetyDaysSlideWithEachVisitAlsoAcrossARestart() {
    var a = devices.enroll("Firefox");
    for (int visit = 0; visit < 3; visit++) {
      now = now.plus(Duration.ofDays(80));
      assertThat(devices.find(a.cookie(), a.key())).isPresent();
      database.writeNow(h -> true); // what is written soon is written before this
      devices = devices();
    }
    now = now.plus(Duration.ofDays(91));
    assertThat(devices.find(a.cookie(), a.key())).isEmpty();
    assertThat(devices().list()).isEmpty();
  }

  @Test
  void S03_aRevokedDeviceIsUnknownAtOnceAndForEver() {
    var a = devices.enroll("Firefox");
    var told = new ArrayList<String>();
    devices.onRevoked(told::add);

    devices.revoke(a.principal().id());

    assertThat(told).containsExactly(a.principal().id());
    assertThat(devices.find(a.cookie(), a.key())).isEmpty();
    assertThat(devices().find(a.cookie(), a.key())).isEmpty();
    assertThatThrownBy(() -> devices.revoke(a.principal().id()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(a.principal().id());
  }

  @Test
  void theDeviceNotSeenForLongestGoesWhenThereAreTooMany() {
    var first = devices.enroll("first");
    now = now.plusSeconds(1);
    for (int i = 0; i < 200; i++) {
      devices.enroll("other");
    }
    assertThat(devices.list()).hasSize(200);
    assertThat(devices.find(first.cookie(), first.key())).isEmpty();
  }

  private Devices devices() {
    return new Devices(database, () -> now, new Ids(() -> now), new Secrets());
  }
}
