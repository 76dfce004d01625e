package io.endomesh.controller.etcd;

import com.google.protobuf.ByteString;
import io.endomesh.proto.etcd.KeyValue;
import io.endomesh.proto.etcd.RangeRequest;
import io.endomesh.proto.etcd.RangeResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Goes through all keys that begin with something, and asks for some at a time. */
final class Cursor {

  /** Of values of up to 1.5 MB each; so many fit into any heap. */
  private static final int SIZE = 50;

  private static final ByteString NUL = ByteString.copyFrom(new byte[1]);

  private final EtcdClient client;
  private final String prefix;
  private final long at;
  private final boolean descending;
  private final Deque<KeyValue> page = new ArrayDeque<>();
  private ByteString from;
  private ByteString end;
  private boolean more = true;

  private Cursor(EtcdClient client, String prefix, long at, boolean descending) {
    this.client = client;
    this.prefix = prefix;
    this.at = at;
    this.descending = descending;
    this.from = EtcdKeys.bytes(prefix);
    this.end = EtcdKeys.after(prefix);
  }

  /**
   * @param at the revision of etcd that is read; 0 for now
   */
  static Cursor forward(EtcdClient client, String prefix, long at) {
    return new Cursor(client, prefix, at, /* descending= */ false);
  }

  /** Last key first. */
  static Cursor backward(EtcdClient client, String prefix) {
    return new Cursor(client, prefix, 0, /* descending= */ true);
  }

  /** Null at the end. */
  @Nullable KeyValue peek() throws EtcdException {
    if (page.isEmpty() && more) {
      RangeResponse answer =
          client.range(
              RangeRequest.newBuilder()
                  .setKey(from)
                  .setRangeEnd(end)
                  .setRevision(at)
                  .setLimit(SIZE)
                  .setSortOrder(
                      descending ? RangeRequest.SortOrder.DESCEND : RangeRequest.SortOrder.ASCEND)
                  .build());
      page.addAll(answer.getKvsList());
      more = answer.getMore();
      KeyValue last = page.peekLast();
      if (last != null && descending) {
        end = last.getKey();
      } else if (last != null) {
        from = last.getKey().concat(NUL);
      }
    }
    return page.peek();
  }

  @Nullable KeyValue next() throws EtcdException {
    KeyValue first = peek();
    page.poll();
    return first;
  }

  /** Without the prefix. */
  String name(KeyValue pair) {
    return pair.getKey().toStringUtf8().substring(prefix.length());
  }

  /** Of two, each in order, that which comes first; null if both are at their end. */
  static @Nullable Cursor first(Cursor one, Cursor other) throws EtcdException {
    KeyValue a = one.peek();
    KeyValue b = other.peek();
    if (a == null || b == null) {
      return a != null ? one : b != null ? other : null;
    }
    int order = one.name(a).compareTo(other.name(b));
    return (one.descending ? order >= 0 : order <= 0) ? one : other;
  }
}
