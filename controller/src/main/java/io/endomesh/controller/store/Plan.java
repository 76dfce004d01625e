package io.endomesh.controller.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a write comes to, before any of it is done. Immutable.
 *
 * @param after the resources after all writes; the same object as before if nothing changes
 * @param changes for the history
 */
public record Plan(Resources after, List<Change> changes) {

  public Plan {
    changes = List.copyOf(changes);
  }

  /**
   * @throws StoreException.Conflict if a resource has not the revision that is expected
   */
  public static Plan of(
      Resources before, String author, String why, List<Write> writes, Instant now)
      throws StoreException {
    long revision = before.revision() + 1;
    Map<ResourceKey, StoredResource> after = new TreeMap<>(before.byKey());
    boolean changed = false;
    for (Write write : writes) {
      StoredResource known = after.get(write.key());
      long actual = known == null ? Write.ABSENT : known.revision();
      Long expected = write.expectedRevision();
      if (expected != null && expected != actual) {
        throw new StoreException.Conflict(write.key(), actual, expected);
      }
      if (write instanceof Write.Put put) {
        if (known == null || !known.body().equals(put.body())) {
          Instant created = known == null ? now : known.createdAt();
          after.put(put.key(), new StoredResource(put.key(), revision, put.body(), created, now));
          changed = true;
        }
      } else if (known != null) {
        after.remove(write.key());
        changed = true;
      }
    }
    if (!changed) {
      return new Plan(before, List.of());
    }
    Resources result = new Resources(revision, new TreeMap<>(after));
    return new Plan(result, changes(before, result, author, why, now));
  }

  private static List<Change> changes(
      Resources before, Resources after, String author, String why, Instant now) {
    List<Change> changes = new ArrayList<>();
    for (StoredResource resource : after.all()) {
      if (resource.revision() == after.revision()) {
        StoredResource old = before.byKey().get(resource.key());
        changes.add(
            new Change(
                after.revision(),
                now,
                author,
                why,
                resource.key(),
                old == null ? null : old.body(),
                resource.body()));
      }
    }
    for (StoredResource old : before.all()) {
      if (!after.byKey().containsKey(old.key())) {
        changes.add(new Change(after.revision(), now, author, why, old.key(), old.body(), null));
      }
    }
    return changes;
  }

  /** The line of the audit log for one of them. */
  public static AuditEntry audited(Actor actor, Change change) {
    String action =
        change.before() == null ? "create" : change.after() == null ? "delete" : "change";
    ResourceKey key = change.key();
    String subject = key.kind() + "/" + key.namespace() + "/" + key.name();
    return AuditEntry.done(actor, "resource." + action, subject, change.before(), change.after());
  }
}
