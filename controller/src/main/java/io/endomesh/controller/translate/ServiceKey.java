package io.endomesh.controller.translate;

import org.jspecify.annotations.Nullable;

/** The name of a service; prints as {@code orders.shop}, as xDS resource names carry it. */
public record ServiceKey(String namespace, String name) implements Comparable<ServiceKey> {

  @Override
  public int compareTo(ServiceKey other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name + "." + namespace;
  }

  /**
   * The service that a host name means: {@code orders}, {@code orders.shop}, {@code
   * orders.shop.svc.cluster.local}.
   *
   * @param namespace of who wrote the name, for names without one; null if that is nobody's
   * @return null if it is no name of a service
   */
  public static @Nullable ServiceKey ofHost(String host, @Nullable String namespace) {
    String[] labels = host.split("\\.", 4);
    if (labels.length == 1) {
      return namespace == null ? null : new ServiceKey(namespace, labels[0]);
    }
    return labels.length == 2 || labels[2].equals("svc")
        ? new ServiceKey(labels[1], labels[0])
        : null;
  }
}
