package io.endomesh.controller.ramp;

import org.jspecify.annotations.Nullable;

/**
 * One side of a split. Immutable.
 *
 * @param name by which people mean it, of one split unique: a subset, a service
 * @param host {@code orders-v2.shop}, as clusters have it
 * @param subset of a DestinationRule; null for all endpoints
 * @param written its weight as it stands in the resource; null if none does
 * @param weight that this means
 */
record Backend(
    String name, String host, @Nullable String subset, @Nullable Integer written, int weight) {

  private static final int PARTS = 4;

  /** Of whichever port: a split is of all ports of its service. */
  boolean isCluster(String cluster) {
    String[] parts = cluster.split("\\|", PARTS);
    return parts.length == PARTS
        && parts[0].equals("outbound")
        && parts[2].equals(subset == null ? "" : subset)
        && parts[3].equals(host);
  }

  Backend named(String other) {
    return new Backend(other, host, subset, written, weight);
  }
}
