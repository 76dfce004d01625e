package io.endomesh.instrumentation.armeria.server;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a connection whose answers have no head yet, by the number that Armeria gives to
 * each: its encoder knows nothing else of them. Thread-safe: services may have threads of their
 * own.
 */
final class UnansweredRequests {

  private static final AttributeKey<UnansweredRequests> ON_CONNECTION =
      AttributeKey.valueOf("io.endomesh.unanswered");

  private final Map<Integer, ServedRequest> byId = new ConcurrentHashMap<>(4);

  static UnansweredRequests on(Channel connection) {
    UnansweredRequests known = connection.attr(ON_CONNECTION).get();
    if (known != null) {
      return known;
    }
    UnansweredRequests first = new UnansweredRequests();
    UnansweredRequests other = connection.attr(ON_CONNECTION).setIfAbsent(first);
    return other == null ? first : other;
  }

  void add(int id, ServedRequest request) {
    byId.put(id, request);
  }

  void remove(int id, ServedRequest request) {
    byId.remove(id, request);
  }

  /** Takes the request that is answered now; null if the mesh has not seen it. */
  static @Nullable ServedRequest answered(Channel connection, int id) {
    UnansweredRequests all = connection.attr(ON_CONNECTION).get();
    return all == null ? null : all.byId.remove(id);
  }
}
