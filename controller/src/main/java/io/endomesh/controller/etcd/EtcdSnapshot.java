package io.endomesh.controller.etcd;

import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.Item;
import io.endomesh.controller.store.ItemSink;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.proto.etcd.KeyValue;
import io.endomesh.proto.etcd.RangeResponse;
import java.io.IOException;

/** What etcd held at one of its revisions; it keeps them until they are compacted. */
final class EtcdSnapshot implements ResourceStore.Snapshot {

  private final EtcdClient client;
  private final EtcdKeys keys;
  private final long at;

  /**
   * @param now any answer: its revision is the moment
   */
  EtcdSnapshot(EtcdClient client, EtcdKeys keys, RangeResponse now) {
    this.client = client;
    this.keys = keys;
    this.at = now.getHeader().getRevision();
  }

  @Override
  public void read(ItemSink sink) throws IOException {
    try {
      Cursor resources = Cursor.forward(client, keys.resources(), at);
      for (KeyValue pair = resources.next(); pair != null; pair = resources.next()) {
        sink.take(new Item.Current(Records.resource(pair)));
      }
      Cursor facts = Cursor.forward(client, keys.facts(), at);
      for (KeyValue pair = facts.next(); pair != null; pair = facts.next()) {
        sink.take(new Item.Fact(facts.name(pair), pair.getValue().toStringUtf8()));
      }
      Cursor history = Cursor.forward(client, keys.history(), at);
      for (KeyValue pair = history.next(); pair != null; pair = history.next()) {
        for (Change change : Records.changes(pair)) {
          sink.take(new Item.Past(change));
        }
      }
      Cursor denied = Cursor.forward(client, keys.audit(true), at);
      Cursor done = Cursor.forward(client, keys.audit(false), at);
      for (Cursor next = Cursor.first(denied, done);
          next != null;
          next = Cursor.first(denied, done)) {
        KeyValue pair = next.next();
        if (pair != null) {
          sink.take(new Item.Audited(Records.entry(pair)));
        }
      }
    } catch (EtcdException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    // Nothing is held open.
  }
}
