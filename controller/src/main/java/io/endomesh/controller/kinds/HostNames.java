package io.endomesh.controller.kinds;

import java.util.regex.Pattern;

/** Host names in resources of Istio. Stateless. */
final class HostNames {

  /** Of RFC 1123, as far as one label may be all there is. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private HostNames() {}

  static boolean isName(String host) {
    return NAME.matcher(host).matches();
  }

  /** True of what cannot be a service of the mesh; of two labels only the mesh can tell. */
  static boolean isExternal(String host) {
    String[] labels = host.split("\\.", -1);
    return labels.length > 2 && !labels[2].equals("svc");
  }

  /**
   * Refuses a resource that claims the host of another namespace: its owner says how it is called
   * (GEP-1324, producer routes).
   */
  static void requireOwn(MeshResource.Metadata metadata, Fields fields, String field, String host) {
    String[] labels = host.split("\\.", -1);
    boolean ofMesh = labels.length == 2 || labels.length > 2 && labels[2].equals("svc");
    if (ofMesh && !labels[1].equals(metadata.namespace())) {
      throw fields.invalid(
          field,
          "'"
              + host
              + "' (expected: a host of namespace "
              + metadata.namespace()
              + ", where this resource is; only the owner of a service says how it is reached)");
    }
  }
}
