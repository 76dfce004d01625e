package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.store.ResourceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored resource that this version cannot read, and what is done about it: what it may have
 * refused is refused, until it is mended. Immutable.
 *
 * @param why with the field, in words
 * @param instead what is in force in its place; null if nothing is
 * @param rule that refuses calls in its place, under its name; null if none does
 * @param hosts that are not called in its place
 * @param apart whether namespaces do not call each other in its place
 * @param meanwhile what is done, as the rest of a sentence
 */
public record Unreadable(
    ResourceKey key,
    String why,
    @Nullable MeshResource instead,
    @Nullable AuthorizationPolicy rule,
    List<Host> hosts,
    boolean apart,
    String meanwhile) {

  /**
   * What is not called: a host, a resource that makes hosts known, or all external hosts of a
   * namespace.
   *
   * @param namespace of the resource that cannot be read
   * @param kind {@code ServiceEntry}, {@code Service}; null for a host
   * @param name null for all ServiceEntries
   */
  record Host(String namespace, @Nullable String kind, @Nullable String name) {}

  /** True if an external host is not to be called. */
  boolean stops(ServiceEntry entry, String host) {
    String namespace = entry.metadata().namespace();
    for (Host one : hosts) {
      if (one.kind() == null
          ? host.equals(one.name())
          : one.kind().equals(SERVICE_ENTRY)
              && one.namespace().equals(namespace)
              && (one.name() == null || one.name().equals(entry.metadata().name()))) {
        return true;
      }
    }
    return false;
  }

  /** True if a service is not to be called. */
  boolean stops(ServiceKey service) {
    for (Host one : hosts) {
      if (!one.namespace().equals(service.namespace()) || one.name() == null) {
        continue;
      }
      if (one.kind() == null
          ? service.equals(ServiceKey.ofHost(one.name(), one.namespace()))
          : one.kind().equals("Service") && one.name().equals(service.name())) {
        return true;
      }
    }
    return false;
  }

  private static final String SERVICE_ENTRY = "ServiceEntry";

  public Unreadable {
    hosts = List.copyOf(hosts);
  }

  /** As policies are named in refusals: {@code AuthorizationPolicy/shop/no-deletes}. */
  public String name() {
    return key.kind() + "/" + key.namespace() + "/" + key.name();
  }

  /** One sentence for who has to mend it. */
  public String told() {
    return name()
        + " cannot be read by this version: "
        + why
        + "; "
        + meanwhile
        + " until it is mended (apply it anew, or delete it)";
  }
}
