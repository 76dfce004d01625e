package io.endomesh.controller.xds;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each connected workload was sent, acknowledged and rejected. Thread-safe. */
public interface SyncStatus {

  /** Of all connected nodes, in no order. */
  List<Node> nodes();

  /**
   * One xDS stream. Immutable.
   *
   * @param instance the node's id
   * @param identity SPIFFE id of its certificate, null over plaintext
   * @param wanted version last sent, "" if nothing was
   * @param acked version last acknowledged in full, "" if none was
   * @param upToDate whether everything that was sent is acknowledged
   * @param rejection the last rejection that no later acknowledgement has lifted
   * @param subscriptions resource names by short type name: {@code Listener}, {@code Cluster}
   */
  record Node(
      String instance,
      String namespace,
      String service,
      @Nullable String identity,
      Instant connectedAt,
      String wanted,
      String acked,
      boolean upToDate,
      @Nullable Rejection rejection,
      Map<String, List<String>> subscriptions) {}

  /**
   * @param type short type name
   * @param reason the node's sentence
   */
  record Rejection(String type, String version, String reason, Instant at) {}
}
