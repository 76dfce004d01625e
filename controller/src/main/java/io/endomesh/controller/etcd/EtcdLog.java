package io.endomesh.controller.etcd;

import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.AuditQuery;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.proto.etcd.KeyValue;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads history and audit log, which are not kept in memory. Stateless. */
final class EtcdLog {

  private final EtcdClient client;
  private final EtcdKeys keys;

  EtcdLog(EtcdClient client, EtcdKeys keys) {
    this.client = client;
    this.keys = keys;
  }

  /**
   * Newest first.
   *
   * @param key null for all
   * @param newest revision that counts: a later one is not decided
   */
  List<Change> history(@Nullable ResourceKey key, int limit, long newest)
      throws EtcdException, IOException {
    List<Change> found = new ArrayList<>();
    Cursor cursor = Cursor.backward(client, key == null ? keys.history() : keys.changed(key));
    for (KeyValue pair = cursor.next(); pair != null; pair = cursor.next()) {
      List<Change> changes =
          key == null ? Records.changes(pair) : changes(key, Long.parseLong(cursor.name(pair)));
      Collections.reverse(changes);
      for (Change change : changes) {
        if (found.size() == limit) {
          return found;
        }
        if (change.revision() <= newest) {
          found.add(change);
        }
      }
    }
    return found;
  }

  private List<Change> changes(ResourceKey key, long revision) throws EtcdException, IOException {
    List<Change> changes = ofRevision(revision);
    changes.removeIf(change -> !change.key().equals(key));
    return changes;
  }

  /** In its order. */
  List<Change> ofRevision(long revision) throws EtcdException, IOException {
    List<Change> changes = new ArrayList<>();
    Cursor parts = Cursor.forward(client, keys.history(revision), 0);
    for (KeyValue part = parts.next(); part != null; part = parts.next()) {
      changes.addAll(Records.changes(part));
    }
    return changes;
  }

  List<AuditEntry> audit(AuditQuery query) throws EtcdException, IOException {
    List<AuditEntry> found = new ArrayList<>();
    Cursor denied = Cursor.backward(client, keys.audit(true));
    Cursor done = query.deniedOnly() ? denied : Cursor.backward(client, keys.audit(false));
    Instant since = query.since();
    Cursor cursor = Cursor.first(denied, done);
    while (cursor != null && found.size() < query.limit()) {
      KeyValue pair = cursor.next();
      if (pair == null || isBefore(since, cursor.name(pair))) {
        break;
      }
      AuditEntry entry = Records.entry(pair);
      Instant at = entry.at();
      if ((since == null || (at != null && !at.isBefore(since)))
          && (query.user() == null || entry.actor().name().equals(query.user()))) {
        found.add(entry);
      }
      cursor = Cursor.first(denied, done);
    }
    return found;
  }

  /** A line is written after what it tells of, never before. */
  private static boolean isBefore(@Nullable Instant since, String name) {
    return since != null && name.compareTo(EtcdKeys.padded(since.toEpochMilli())) < 0;
  }
}
