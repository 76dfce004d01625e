package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.ServiceEntry;
import org.jspecify.annotations.Nullable;

/** Where calls to an authority go: one port of a service or of an external host. Immutable. */
sealed interface Destination {

  /** {@code orders.shop:8080}, the name of its RouteConfiguration. */
  String routeName();

  /** {@code outbound|8080||orders.shop}. */
  String clusterName();

  record ToService(MeshService service, int portIndex) implements Destination {

    ServicePort port() {
      return service.ports().get(portIndex);
    }

    @Override
    public String routeName() {
      return service.key() + ":" + port().number();
    }

    @Override
    public String clusterName() {
      return clusterName(null);
    }

    String clusterName(@Nullable String subset) {
      return Destination.clusterName(port().number(), subset, service.key().toString());
    }
  }

  record ToEntry(ServiceEntry entry, String host, ServiceEntry.Port port) implements Destination {

    @Override
    public String routeName() {
      return host + ":" + port.number();
    }

    @Override
    public String clusterName() {
      return Destination.clusterName(port.number(), host);
    }
  }

  static String clusterName(int port, String host) {
    return clusterName(port, null, host);
  }

  /**
   * @param subset of a DestinationRule; null for all endpoints
   */
  static String clusterName(int port, @Nullable String subset, String host) {
    return "outbound|" + port + "|" + (subset == null ? "" : subset) + "|" + host;
  }

  /**
   * A cluster that there is not, where a route leads that leads nowhere: the name in the error of
   * its calls says why. gRPC's clients wait long for a cluster that is not there; they get one
   * without endpoints.
   *
   * @param why {@code not-found}, {@code not-permitted}
   */
  static String absentClusterName(String why, int port, String host, Scope.Dialect dialect) {
    return dialect == Scope.Dialect.GRPC
        ? clusterName(port, host + "." + why)
        : why + "|" + port + "||" + host;
  }

  /**
   * What an authority means to a client.
   *
   * @param authority in lower case, as the application wrote it: {@code orders}, {@code
   *     orders.finance:8080}
   * @param namespace of the client, for names without one
   * @return null if the mesh does not know it
   */
  static @Nullable Destination ofAuthority(MeshModel model, String authority, String namespace) {
    String host = authority;
    int port = 0;
    int colon = authority.lastIndexOf(':');
    if (colon >= 0 && authority.indexOf(']') < colon) {
      port = number(authority.substring(colon + 1));
      host = authority.substring(0, colon);
    }
    return ofHost(model, host, port, namespace);
  }

  /** Null if the mesh does not know the host, or no server of it has bound a port yet. */
  static @Nullable Destination ofHost(
      MeshModel model, String host, int port, @Nullable String namespace) {
    ServiceEntry entry = model.serviceEntry(host);
    if (entry != null) {
      if (!isLed(model, entry, host)) {
        return null;
      }
      return new ToEntry(entry, host, port(entry, port));
    }
    ServiceKey key = ServiceKey.ofHost(host, namespace);
    MeshService service = key == null ? null : model.service(key);
    return service == null || service.ports().isEmpty()
        ? null
        : new ToService(service, service.portIndex(port));
  }

  /**
   * What a cluster leads to, also where applications are not led: an external host that only DNS
   * knows.
   */
  static @Nullable Destination ofCluster(
      MeshModel model, String host, int port, @Nullable String namespace) {
    ServiceEntry entry = model.serviceEntry(host);
    return entry != null && entry.resolution() == ServiceEntry.Resolution.DNS
        ? new ToEntry(entry, host, port(entry, port))
        : ofHost(model, host, port, namespace);
  }

  /**
   * Without endpoints the application goes where it would without a mesh: DNS tells it. Unless it
   * needs the mesh to begin TLS.
   */
  private static boolean isLed(MeshModel model, ServiceEntry entry, String host) {
    return !entry.endpoints().isEmpty()
        || !entry.selector().isEmpty()
        || entry.resolution() == ServiceEntry.Resolution.DNS
            && model.upstreamTls().of(entry, host) instanceof DestinationRule.Tls.Originated;
  }

  private static ServiceEntry.Port port(ServiceEntry entry, int number) {
    return entry.ports().stream()
        .filter(port -> port.number() == number)
        .findFirst()
        .orElse(entry.ports().get(0));
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
  }
}
