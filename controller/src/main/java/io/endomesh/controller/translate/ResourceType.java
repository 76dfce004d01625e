package io.endomesh.controller.translate;

import java.util.Arrays;
import java.util.Optional;

/** The xDS resource types that are served. */
public enum ResourceType {
  // In the order in which changes are sent, so that what is named is known before (xDS protocol,
  // "eventual consistency considerations": CDS, EDS, LDS, RDS).
  // Before them: by it connections are made, whatever else changes.
  SECRET("envoy.extensions.transport_sockets.tls.v3.Secret", false),
  CLUSTER("envoy.config.cluster.v3.Cluster", true),
  ENDPOINTS("envoy.config.endpoint.v3.ClusterLoadAssignment", false),
  LISTENER("envoy.config.listener.v3.Listener", true),
  ROUTE("envoy.config.route.v3.RouteConfiguration", false);

  private static final String PREFIX = "type.googleapis.com/";

  private final String typeUrl;
  private final boolean fullState;

  ResourceType(String protoName, boolean fullState) {
    this.typeUrl = PREFIX + protoName;
    this.fullState = fullState;
  }

  public String typeUrl() {
    return typeUrl;
  }

  /** {@code Cluster}. */
  public String shortName() {
    return typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
  }

  /** Whether a state-of-the-world response must hold everything subscribed, changed or not. */
  public boolean fullState() {
    return fullState;
  }

  public static Optional<ResourceType> of(String typeUrl) {
    return Arrays.stream(values()).filter(type -> type.typeUrl.equals(typeUrl)).findFirst();
  }
}
