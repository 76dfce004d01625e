package io.endomesh.controller.store;

/** What a resource is called; prints as {@code HTTPRoute shop/orders}. */
public record ResourceKey(String kind, String namespace, String name)
    implements Comparable<ResourceKey> {

  @Override
  public int compareTo(ResourceKey other) {
    int byKind = kind.compareTo(other.kind);
    if (byKind != 0) {
      return byKind;
    }
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return kind + " " + namespace + "/" + name;
  }
}
