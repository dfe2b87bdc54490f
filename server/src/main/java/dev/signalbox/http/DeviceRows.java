package dev.signalbox.http;

import dev.signalbox.http.Devices.Device;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// The table `device`.
final class DeviceRows {
  private DeviceRows() {}

  static List<Device> alive(Handle handle, Instant now) {
    return handle
        .createQuery(
            """
            SELECT id, name, token_hash, key_hash, created_at, last_seen_at, expires_at
            FROM device WHERE revoked_at IS NULL AND expires_at > :now
            """)
        .bind("now", now.toEpochMilli())
        .map((row, _) ->
            new Device(
                row.getString("id"),
                row.getString("name"),
                row.getString("token_hash"),
                row.getString("key_hash"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("last_seen_at")),
                Instant.ofEpochMilli(row.getLong("expires_at"))))
        .list();
  }

  static void insert(Handle handle, Device device) {
    handle
        .createUpdate(
            """
            INSERT INTO device (id, name, token_hash, key_hash, created_at, last_seen_at, expires_at)
            VALUES (:id, :name, :token, :key, :created, :seen, :expires)
            """)
        .bind("id", device.id())
        .bind("name", device.name())
        .bind("token", device.tokenHash())
        .bind("key", device.keyHash())
        .bind("created", device.createdAt().toEpochMilli())
        .bind("seen", device.lastSeenAt().toEpochMilli())
        .bind("expires", device.expiresAt().toEpochMilli())
        .execute();
  }

  static void visited(Handle handle, Device device) {
    handle
        .createUpdate(
            """
            UPDATE device SET last_seen_at = :seen, expires_at = :expires
            WHERE id = :id AND revoked_at IS NULL
            """)
        .bind("id", device.id())
        .bind("seen", device.lastSeenAt().toEpochMilli())
        .bind("expires", device.expiresAt().toEpochMilli())
        .execute();
  }

  static void revoke(Handle handle, String id, Instant at) {
    handle
        .createUpdate("UPDATE device SET revoked_at = :at WHERE id = :id")
        .bind("id", id)
        .bind("at", at.toEpochMilli())
        .execute();
  }
}
