package io.endomesh.xds.ads;

import org.jspecify.annotations.Nullable;

/** The types of xDS resource that are asked for, each after those that name it. */
public enum ResourceType {
  /** First: connections are made by what it says, whatever else changes with it. */
  SECRET("envoy.extensions.transport_sockets.tls.v3.Secret"),
  LISTENER("envoy.config.listener.v3.Listener"),
  ROUTE("envoy.config.route.v3.RouteConfiguration"),
  CLUSTER("envoy.config.cluster.v3.Cluster"),
  ENDPOINTS("envoy.config.endpoint.v3.ClusterLoadAssignment");

  private final String message;

  ResourceType(String message) {
    this.message = message;
  }

  public String typeUrl() {
    return "type.googleapis.com/" + message;
  }

  public static @Nullable ResourceType of(String typeUrl) {
    for (ResourceType type : values()) {
      if (type.typeUrl().equals(typeUrl)) {
        return type;
      }
    }
    return null;
  }

  /** {@code RouteConfiguration}, for messages. */
  @Override
  public String toString() {
    return message.substring(message.lastIndexOf('.') + 1);
  }
}
