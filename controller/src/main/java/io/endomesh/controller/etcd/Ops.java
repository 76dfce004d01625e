package io.endomesh.controller.etcd;

import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.Item;
import io.endomesh.controller.store.Plan;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.proto.etcd.RequestOp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is asked of etcd for a write, in as many parts as etcd takes. Immutable. */
final class Ops {

  /** Etcd takes 128 in a transaction, unless it is told otherwise; each change needs three. */
  static final int MAX_CHANGES = 40;

  /** Etcd takes 1.5 MiB; a change is there up to three times, and quotes are escaped. */
  private static final int MAX_BYTES = 1_000_000;

  private final EtcdKeys keys;

  Ops(EtcdKeys keys) {
    this.keys = keys;
  }

  /** Each small enough for a transaction, as far as can be. */
  static List<List<Change>> parts(List<Change> changes) {
    List<List<Change>> parts = new ArrayList<>();
    List<Change> part = new ArrayList<>();
    long bytes = 0;
    for (Change change : changes) {
      long more = bytes(change);
      if (!part.isEmpty() && (part.size() == MAX_CHANGES || bytes + more > MAX_BYTES)) {
        parts.add(part);
        part = new ArrayList<>();
        bytes = 0;
      }
      part.add(change);
      bytes += more;
    }
    parts.add(part);
    return parts;
  }

  /** In a transaction with history and audit log; the first change alone may be more. */
  static boolean isSmall(List<Change> part) {
    return part.stream().mapToLong(Ops::bytes).sum() <= MAX_BYTES;
  }

  private static long bytes(Change change) {
    long before = change.before() == null ? 0 : change.before().length();
    long after = change.after() == null ? 0 : change.after().length();
    return 2 * before + 3 * after + 1_000;
  }

  RequestOp history(long revision, int part, List<Change> changes) {
    return EtcdKeys.put(keys.history(revision, part), Records.text(changes));
  }

  /** Makes the resources what the changes say, with a line of the audit log for each. */
  List<RequestOp> done(
      List<Change> changes, Resources after, @Nullable Actor actor, Instant at, int part) {
    List<RequestOp> ops = new ArrayList<>();
    int number = part * MAX_CHANGES;
    for (Change change : changes) {
      StoredResource resource = after.byKey().get(change.key());
      ops.add(
          resource == null
              ? EtcdKeys.delete(keys.resource(change.key()))
              : EtcdKeys.put(
                  keys.resource(change.key()), Records.text(new Item.Current(resource))));
      ops.add(EtcdKeys.put(keys.changed(change.key(), change.revision()), ""));
      if (actor != null) {
        // The same key however often it is done, and one that nothing else has.
        String key =
            keys.audit(false)
                + EtcdKeys.padded(at.toEpochMilli())
                + "-r"
                + EtcdKeys.padded(change.revision())
                + "-"
                + String.format("%06d", number++);
        AuditEntry entry = Plan.audited(actor, change).at(at, 1);
        ops.add(EtcdKeys.put(key, Records.text(new Item.Audited(entry))));
      }
    }
    return ops;
  }
}
