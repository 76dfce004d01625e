package io.endomesh.controller.translate;

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
}
