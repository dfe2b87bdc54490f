package dev.signalbox.http;

import dev.signalbox.id.Ids;
import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The browsers that signed in. The database keeps hashes only; memory keeps what it holds, so that
/// a request needs no SQL. A device lives 90 days from its last visit. Any thread may call.
final class Devices {
  static final Duration LIFE = Duration.ofDays(90);
  private static final Duration REMEMBER_A_VISIT_EVERY = Duration.ofHours(1);
  private static final int MOST = 200;
  private static final Logger LOG = LoggerFactory.getLogger(Devices.class);

  /// What a browser gets once, and nobody else ever.
  record Enrolled(Principal principal, String cookie, String key) {}

  record Device(
      String id,
      String name,
      String tokenHash,
      String keyHash,
      Instant createdAt,
      Instant lastSeenAt,
      Instant expiresAt) {
    private Device seen(Instant now) {
      return new Device(id, name, tokenHash, keyHash, createdAt, now, now.plus(LIFE));
    }
  }

  private final Database database;
  private final InstantSource clock;
  private final Ids ids;
  private final Secrets secrets;
  private final Map<String, Device> byToken = new ConcurrentHashMap<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

  Devices(Database database, InstantSource clock, Ids ids, Secrets secrets) {
    this.database = database;
    this.clock = clock;
    this.ids = ids;
    this.secrets = secrets;
    for (var device : database.read(h -> DeviceRows.alive(h, clock.instant()))) {
      byToken.put(device.tokenHash(), device);
    }
  }

  /// Makes a device and returns its secrets when it is durable. When 200 are known, the one not
  /// seen for longest goes.
  Enrolled enroll(String name) {
    var cookie = secrets.fresh();
    var key = secrets.fresh();
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var device =
        new Device(
            ids.next("d_"),
            name,
            Secrets.hash(cookie),
            Secrets.hash(key),
            now,
            now,
            now.plus(LIFE));
    while (byToken.size() >= MOST) {
      byToken.values().stream()
          .min(Comparator.comparing(Device::lastSeenAt))
          .ifPresent(oldest -> revoke(oldest.id()));
    }
    database.writeNow(h -> {
      DeviceRows.insert(h, device);
      return device;
    });
    byToken.put(device.tokenHash(), device);
    return new Enrolled(principal(device), cookie, key);
  }

  /// The device whose cookie and key these are, both; its 90 days begin anew.
  Optional<Principal> find(String cookie, String key) {
    var device = byToken.get(Secrets.hash(cookie));
    var now = clock.instant();
    if (device == null
        || !Secrets.same(device.keyHash(), Secrets.hash(key))
        || now.isAfter(device.expiresAt())) {
      return Optional.empty();
    }
    if (device.lastSeenAt().plus(REMEMBER_A_VISIT_EVERY).isBefore(now)) {
      remember(device.seen(now));
    }
    return Optional.of(principal(device));
  }

  private void remember(Device seen) {
    if (byToken.replace(seen.tokenHash(), seen) == null) {
      return; // revoked meanwhile
    }
    database.writeSoon(
        h -> DeviceRows.visited(h, seen),
        new Database.Outcome() {
          @Override
          public void committed() {}

          @Override
          public void failed(Exception cause) {
            LOG.warn("visit of a device not stored: {}", cause.toString());
          }
        });
  }

  /// Newest visit first.
  List<Device> list() {
    return byToken.values().stream()
        .sorted(Comparator.comparing(Device::lastSeenAt).reversed().thenComparing(Device::id))
        .toList();
  }

  /// Cookie and key are worthless from now on, and what the device has open is closed.
  ///
  /// @throws Refused when there is no such device
  void revoke(String id) {
    var device =
        byToken.values().stream()
            .filter(d -> d.id().equals(id))
            .findFirst()
            .orElseThrow(() ->
                Refused.notFound(
                    "unknown_device",
                    "There is no device %s. Known: %s."
                        .formatted(
                            id,
                            byToken.isEmpty()
                                ? "none"
                                : String.join(", ", list().stream().map(Device::id).toList()))));
    byToken.remove(device.tokenHash());
    listeners.forEach(listener -> listener.accept(id));
    database.writeNow(h -> {
      DeviceRows.revoke(h, id, clock.instant());
      return id;
    });
  }

  /// Tells `listener` the id of each device that is revoked, before it is stored; must not block.
  void onRevoked(Consumer<String> listener) {
    listeners.add(listener);
  }

  private static Principal principal(Device device) {
    return new Principal(device.id(), device.name(), device.expiresAt());
  }
}
