package io.endomesh.dataplane;

import java.util.Map;

/**
 * This JVM as the mesh knows it. Immutable.
 *
 * @param instance unique name of this process, {@code orders-7f3a9c}
 */
public record Workload(
    String service, String namespace, String instance, Map<String, String> labels) {

  public Workload {
    labels = Map.copyOf(labels);
  }
}
