package io.endomesh.controller.etcd;

import com.google.protobuf.ByteString;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.Filler;
import io.endomesh.controller.store.Item;
import io.endomesh.proto.etcd.RequestOp;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Makes a store in etcd where there is none. Until it is finished, no controller starts on it. */
public final class EtcdFiller implements Filler {

  private static final int MAX_OPS = 100;

  private static final long MAX_BYTES = 500_000;

  private final EtcdClient client;
  private final EtcdKeys keys;
  private final Tenure tenure;
  private final EtcdWriter writer;
  private final Ops ops;
  private final List<RequestOp> batch = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private long bytes;
  private long revision;
  private int part;
  private long lastAudit;
  private boolean finished;

  private EtcdFiller(EtcdClient client, EtcdKeys keys, Tenure tenure) {
    this.client = client;
    this.keys = keys;
    this.tenure = tenure;
    this.writer = new EtcdWriter(client, keys, tenure);
    this.ops = new Ops(keys);
  }

  /**
   * @throws IOException with a sentence, also if there is a store, or a controller has it
   */
  public static EtcdFiller in(EtcdAddress address, String name) throws IOException {
    EtcdClient client = new EtcdClient(address);
    try {
      EtcdWriter.requireVersion(client, address);
      EtcdKeys keys = new EtcdKeys(address.prefix());
      Tenure tenure = Tenure.begin(client, keys, name, /* standBy= */ false);
      EtcdFiller filler = new EtcdFiller(client, keys, tenure);
      if (client.range(EtcdKeys.one(keys.format()).build()).getKvsCount() > 0) {
        tenure.end();
        throw new IOException(
            "store: "
                + address
                + " holds a controller's data (expected: another prefix, or none there)");
      }
      // What an earlier one left that was interrupted.
      filler.clear();
      return filler;
    } catch (EtcdException e) {
      client.close();
      throw new IOException(e.getMessage(), e);
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  @Override
  public void take(Item item) throws IOException {
    if (item instanceof Item.Current current) {
      put(keys.resource(current.resource().key()), Records.text(item));
    } else if (item instanceof Item.Fact fact) {
      put(keys.fact(fact.name()), fact.value());
    } else if (item instanceof Item.Secret secret) {
      put(keys.secret(secret.name()), secret.content());
    } else if (item instanceof Item.Past past) {
      change(past.change());
    } else if (item instanceof Item.Audited audited) {
      AuditEntry entry = audited.entry();
      Instant at = entry.at();
      lastAudit = Math.max(lastAudit + 1, at == null ? 0 : at.toEpochMilli() * 1_000);
      put(keys.audit(entry.denied()) + EtcdResourceStore.auditName(lastAudit), Records.text(item));
    }
  }

  private void change(Change change) throws IOException {
    if (change.revision() != revision) {
      flushChanges();
      revision = change.revision();
      part = 0;
    }
    changes.add(change);
    if (changes.size() == Ops.MAX_CHANGES || !Ops.isSmall(changes)) {
      flushChanges();
    }
    put(keys.changed(change.key(), change.revision()), "");
  }

  private void flushChanges() throws IOException {
    if (!changes.isEmpty()) {
      add(ops.history(revision, part++, changes));
      changes.clear();
    }
  }

  private void put(String key, String value) throws IOException {
    add(EtcdKeys.put(key, value));
  }

  private void add(RequestOp op) throws IOException {
    if (batch.size() == MAX_OPS || bytes + op.getSerializedSize() > MAX_BYTES) {
      flush();
    }
    batch.add(op);
    bytes += op.getSerializedSize();
  }

  private void flush() throws IOException {
    List<RequestOp> some = withoutRepeats();
    batch.clear();
    bytes = 0;
    try {
      writer.held(some);
      if (!tenure.renew()) {
        throw new EtcdWriter.Lost();
      }
    } catch (EtcdException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** One resource may be there twice in one revision; etcd takes a key once. */
  private List<RequestOp> withoutRepeats() {
    var byKey = new LinkedHashMap<ByteString, RequestOp>();
    batch.forEach(op -> byKey.put(op.getRequestPut().getKey(), op));
    return List.copyOf(byKey.values());
  }

  @Override
  public void finish() throws IOException {
    flushChanges();
    flush();
    try {
      writer.held(
          List.of(
              EtcdKeys.put(keys.revision(), revision + " filled"),
              EtcdKeys.put(keys.format(), EtcdKeys.FORMAT_VERSION)));
      finished = true;
    } catch (EtcdException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void clear() throws EtcdException, IOException {
    List<RequestOp> all = new ArrayList<>();
    for (String prefix : keys.contents()) {
      all.add(EtcdKeys.deleteAll(prefix));
    }
    writer.held(all);
  }

  @Override
  public void close() throws IOException {
    try {
      if (!finished) {
        clear();
      }
    } catch (EtcdException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      tenure.end();
      client.close();
    }
  }
}
