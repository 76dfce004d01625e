package io.endomesh.controller.telemetry;

import java.util.List;

/**
 * Calls from one graph node to another by one protocol. Immutable.
 *
 * @param protocol {@code http}, {@code grpc} or {@code sql}
 * @param mtls {@code all}, {@code some} or {@code none}
 */
public record Edge(
    String source,
    String destination,
    String protocol,
    String mtls,
    Stats stats,
    List<ClusterShare> clusters) {

  /** How much of the edge went to one cluster. */
  public record ClusterShare(String cluster, long requestsTotal, double requestsPerSecond) {}

  public String id() {
    return id(source, destination, protocol);
  }

  static String id(String source, String destination, String protocol) {
    return source + ">" + destination + ":" + protocol;
  }
}
