package io.endomesh.controller.etcd;

import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.Plan;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.proto.etcd.KeyValue;
import io.endomesh.proto.etcd.RangeResponse;
import io.endomesh.proto.etcd.RequestOp;
import io.endomesh.proto.etcd.TxnRequest;
import io.endomesh.proto.etcd.TxnResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes on the condition that nobody else may. A write of resources is decided by one transaction:
 * that which sets the revision. What does not fit into it is prepared before, and done after it;
 * whoever opens the store next finishes that. To be used under the lock of the store.
 */
final class EtcdWriter {

  private static final Logger log = LoggerFactory.getLogger(EtcdWriter.class);

  private static final int BATCH = 100;

  private final EtcdClient client;
  private final EtcdKeys keys;
  private final Tenure tenure;
  private final Ops ops;

  /** Of the key of the revision: the number, and which write set it. */
  private String revision = "";

  private Records.@Nullable Pending pending;

  EtcdWriter(EtcdClient client, EtcdKeys keys, Tenure tenure) {
    this.client = client;
    this.keys = keys;
    this.tenure = tenure;
    this.ops = new Ops(keys);
  }

  /** Another controller has the right to write. */
  static final class Lost extends IOException {
    private static final long serialVersionUID = 1L;

    Lost() {
      super(
          "store: another controller took over while this one was cut off (expected: this one"
              + " ends, and stands by when it is started again)");
    }
  }

  static void requireVersion(EtcdClient client, EtcdAddress address)
      throws EtcdException, IOException {
    String version = client.version();
    String[] parts = version.split("\\.", -1);
    try {
      int major = Integer.parseInt(parts[0]);
      if (parts.length > 1 && (major > 3 || (major == 3 && Integer.parseInt(parts[1]) >= 4))) {
        return;
      }
    } catch (NumberFormatException e) {
      // Told as any other that is none.
    }
    throw new IOException("store: " + address + ": etcd " + version + " (expected: 3.4 or newer)");
  }

  /** Makes the store if there is none, finishes what was begun, and reads all resources. */
  Resources open() throws EtcdException, IOException {
    RangeResponse format = client.range(EtcdKeys.one(keys.format()).build());
    if (format.getKvsCount() == 0) {
      requireEmpty();
      held(
          List.of(
              EtcdKeys.put(keys.format(), EtcdKeys.FORMAT_VERSION),
              EtcdKeys.put(keys.revision(), "0 first")));
    } else if (!format.getKvs(0).getValue().toStringUtf8().equals(EtcdKeys.FORMAT_VERSION)) {
      throw new IOException(
          "store: "
              + keys.format()
              + ": '"
              + format.getKvs(0).getValue().toStringUtf8()
              + "' (expected: "
              + EtcdKeys.FORMAT_VERSION
              + ", written by a controller of this version)");
    }
    revision = one(keys.revision()).getValue().toStringUtf8();
    RangeResponse waiting = client.range(EtcdKeys.one(keys.pending()).build());
    pending = waiting.getKvsCount() == 0 ? null : Records.Pending.read(waiting.getKvs(0));
    finish();
    long number = number();
    // Of a write that was prepared, and not decided.
    held(List.of(EtcdKeys.delete(keys.history(number + 1), EtcdKeys.after(keys.history()))));
    return new Resources(number, new TreeMap<>(resources()));
  }

  private void requireEmpty() throws EtcdException, IOException {
    for (String prefix : keys.contents()) {
      if (count(prefix) > 0) {
        throw new IOException(
            "store: there is half of one under "
                + prefix
                + ": it was being filled when that was interrupted (expected: `endomesh store"
                + " migrate` or `restore` once more)");
      }
    }
  }

  private long number() throws IOException {
    try {
      return Long.parseLong(revision.substring(0, revision.indexOf(' ')));
    } catch (RuntimeException e) {
      throw new IOException("store: " + keys.revision() + ": '" + revision + "'", e);
    }
  }

  private Map<ResourceKey, StoredResource> resources() throws EtcdException, IOException {
    Map<ResourceKey, StoredResource> all = new TreeMap<>();
    Cursor cursor = Cursor.forward(client, keys.resources(), 0);
    for (KeyValue pair = cursor.next(); pair != null; pair = cursor.next()) {
      StoredResource resource = Records.resource(pair);
      all.put(resource.key(), resource);
    }
    return all;
  }

  void write(Plan plan, @Nullable Actor actor, Instant now) throws EtcdException, IOException {
    finish();
    long number = plan.after().revision();
    String next = number + " " + UUID.randomUUID();
    List<List<Change>> parts = Ops.parts(plan.changes());
    List<RequestOp> decision = new ArrayList<>();
    decision.add(EtcdKeys.put(keys.revision(), next));
    if (parts.size() == 1 && Ops.isSmall(parts.get(0))) {
      decision.add(ops.history(number, 0, parts.get(0)));
      decision.addAll(ops.done(parts.get(0), plan.after(), actor, now, 0));
      decide(decision, next);
      return;
    }
    for (int part = 0; part < parts.size(); part++) {
      held(List.of(ops.history(number, part, parts.get(part))));
    }
    Records.Pending write = new Records.Pending(number, actor, now);
    decision.add(EtcdKeys.put(keys.pending(), write.text()));
    decide(decision, next);
    pending = write;
    try {
      finish();
    } catch (EtcdException e) {
      // It is decided: the next write, or who opens the store next, does the rest.
      log.warn("{}; the rest of revision {} is written later", e.getMessage(), number);
    }
  }

  private void decide(List<RequestOp> decision, String next) throws EtcdException, IOException {
    while (true) {
      TxnResponse answer =
          client.txn(
              TxnRequest.newBuilder()
                  .addCompare(tenure.held())
                  .addCompare(EtcdKeys.is(keys.revision(), revision))
                  .addAllSuccess(decision)
                  .addFailure(EtcdKeys.get(keys.revision()))
                  .build());
      String found = answer.getSucceeded() ? next : revision(answer);
      // A member may have done it without being able to say so, and another was asked again.
      if (found.equals(next)) {
        revision = next;
        return;
      }
      // A process that stood still for a while takes the lock again, if nobody else did.
      if (!found.equals(revision) || !tenure.renew()) {
        throw new Lost();
      }
    }
  }

  private static String revision(TxnResponse answer) {
    RangeResponse found = answer.getResponses(0).getResponseRange();
    return found.getKvsCount() == 0 ? "" : found.getKvs(0).getValue().toStringUtf8();
  }

  /** Does what is decided; as often as it is called. */
  void finish() throws EtcdException, IOException {
    Records.Pending write = pending;
    if (write == null) {
      return;
    }
    Map<ResourceKey, StoredResource> known = resources();
    Cursor cursor = Cursor.forward(client, keys.history(write.revision()), 0);
    int part = 0;
    for (KeyValue pair = cursor.next(); pair != null; pair = cursor.next()) {
      List<Change> changes = Records.changes(pair);
      for (Change change : changes) {
        String body = change.after();
        StoredResource old = known.remove(change.key());
        if (body != null) {
          Instant created = old == null ? write.at() : old.createdAt();
          known.put(
              change.key(),
              new StoredResource(change.key(), write.revision(), body, created, write.at()));
        }
      }
      Resources after = new Resources(write.revision(), new TreeMap<>(known));
      held(ops.done(changes, after, write.actor(), write.at(), part++));
    }
    held(List.of(EtcdKeys.delete(keys.pending())));
    pending = null;
  }

  /**
   * @throws Lost if another controller may write
   */
  void held(List<RequestOp> some) throws EtcdException, IOException {
    if (some.isEmpty()) {
      return;
    }
    TxnRequest request =
        TxnRequest.newBuilder().addCompare(tenure.held()).addAllSuccess(some).build();
    while (!client.txn(request).getSucceeded()) {
      if (!tenure.renew()) {
        throw new Lost();
      }
    }
  }

  Map<String, String> texts(String prefix) throws EtcdException {
    Map<String, String> all = new TreeMap<>();
    Cursor cursor = Cursor.forward(client, prefix, 0);
    for (KeyValue pair = cursor.next(); pair != null; pair = cursor.next()) {
      all.put(cursor.name(pair), pair.getValue().toStringUtf8());
    }
    return all;
  }

  /** Makes what is under a prefix as it is to be. */
  void restore(String prefix, Map<String, String> wanted) throws EtcdException, IOException {
    Map<String, String> found = texts(prefix);
    List<RequestOp> changes = new ArrayList<>();
    found.forEach(
        (name, value) -> {
          if (!wanted.containsKey(name)) {
            changes.add(EtcdKeys.delete(prefix + name));
          }
        });
    wanted.forEach(
        (name, value) -> {
          if (!value.equals(found.get(name))) {
            changes.add(EtcdKeys.put(prefix + name, value));
          }
        });
    for (int from = 0; from < changes.size(); from += BATCH) {
      held(changes.subList(from, Math.min(changes.size(), from + BATCH)));
    }
  }

  long count(String prefix) throws EtcdException {
    return client.range(EtcdKeys.all(prefix).setCountOnly(true).build()).getCount();
  }

  /** Removes the oldest, and says how many. */
  long removeFirst(String prefix, long number) throws EtcdException, IOException {
    RangeResponse found =
        client.range(EtcdKeys.all(prefix).setLimit(number).setKeysOnly(true).build());
    int last = found.getKvsCount() - 1;
    if (last <= 0) {
      return 0;
    }
    held(List.of(EtcdKeys.delete(prefix, found.getKvs(last).getKey())));
    return last;
  }

  private KeyValue one(String key) throws EtcdException, IOException {
    RangeResponse found = client.range(EtcdKeys.one(key).build());
    if (found.getKvsCount() == 0) {
      throw new IOException(
          "store: " + key + ": is missing (expected: all keys of a store, or none)");
    }
    return found.getKvs(0);
  }
}
