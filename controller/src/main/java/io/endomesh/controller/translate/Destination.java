package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.ServiceEntry;
import org.jspecify.annotations.Nullable;

/** Where calls to an authority go: one port of a service or of an external host. Immutable. */
sealed interface Destination {

  /** {@code orders.shop:8080}, the name of its RouteConfiguration. */
  String routeName();

  /** {@code outbound|8080||orders.shop}. */
  default String clusterName() {
    return clusterName(null);
  }

  /**
   * {@code outbound|8080|v2|orders.shop}.
   *
   * @param subset of a DestinationRule; null for all endpoints
   */
  default String clusterName(@Nullable String subset) {
    return clusterName(portNumber(), subset, host());
  }

  /** {@code orders.shop}, or the external host. */
  String host();

  /** By which callers name the port. */
  int portNumber();

  /** Of who owns it, and says how everybody calls it who says nothing else (GEP-1324). */
  String namespace();

  record ToService(MeshService service, int portIndex) implements Destination {

    ServicePort port() {
      return service.ports().get(portIndex);
    }

    @Override
    public String routeName() {
      return service.key() + ":" + port().number();
    }

    @Override
    public String host() {
      return service.key().toString();
    }

    @Override
    public int portNumber() {
      return port().number();
    }

    @Override
    public String namespace() {
      return service.key().namespace();
    }
  }

  record ToEntry(ServiceEntry entry, String host, ServiceEntry.Port port) implements Destination {

    @Override
    public String routeName() {
      return host + ":" + port.number();
    }

    @Override
    public int portNumber() {
      return port.number();
    }

    @Override
    public String namespace() {
      return entry.metadata().namespace();
    }

    /**
     * Where the host is called by TLS that the application speaks: an entry's port for it, or, of a
     * host that only DNS knows, the one that a URL means. Null if there is none but this.
     */
    @Nullable ToEntry byTls() {
      if (port.isTls()) {
        return null;
      }
      for (ServiceEntry.Port other : entry.ports()) {
        if (other.isTls()) {
          return new ToEntry(entry, host, other);
        }
      }
      return isByName(entry) ? new ToEntry(entry, host, Destination.port(entry, HTTPS)) : null;
    }
  }

  /** The port that a URL of scheme https means (RFC 9110, 4.2.2). */
  int HTTPS = 443;

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
    String host = hostOf(authority);
    int port =
        host.length() == authority.length() ? 0 : number(authority.substring(host.length() + 1));
    return ofHost(model, host, port, namespace);
  }

  /** An authority without its port. */
  static String hostOf(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon >= 0 && authority.indexOf(']') < colon ? authority.substring(0, colon) : authority;
  }

  /** Null if the mesh does not know the host, or no server of it has bound a port yet. */
  static @Nullable Destination ofHost(
      MeshModel model, String host, int port, @Nullable String namespace) {
    ServiceEntry entry = model.serviceEntry(host);
    if (entry != null) {
      if (!isLed(model, entry, host, namespace)) {
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
   * needs the mesh to begin TLS, or to prove who it is in another trust domain, or a VirtualService
   * says how the host is called.
   */
  private static boolean isLed(
      MeshModel model, ServiceEntry entry, String host, @Nullable String namespace) {
    return !entry.endpoints().isEmpty()
        || !entry.selector().isEmpty()
        || entry.resolution() == ServiceEntry.Resolution.DNS
            && (model.upstreamTls().isBegun(entry, host)
                || EntryEndpoints.isFederated(model, entry)
                || namespace != null && model.virtualServices().of(entry, host, namespace) != null);
  }

  /** True of a host that only DNS knows: all of its ports are there. */
  private static boolean isByName(ServiceEntry entry) {
    return entry.endpoints().isEmpty() && entry.selector().isEmpty();
  }

  /** The one of that number; otherwise (none, unknown) the first. */
  private static ServiceEntry.Port port(ServiceEntry entry, int number) {
    for (ServiceEntry.Port port : entry.ports()) {
      if (port.number() == number) {
        return port;
      }
    }
    return number != 0 && isByName(entry)
        ? new ServiceEntry.Port(number, Integer.toString(number), "TCP", number)
        : entry.ports().get(0);
  }

  /**
   * Where a rule leads: to the port that it names, or else to the one that is called, as Istio does
   * it; the first, if there is no such port.
   *
   * @return null if nobody is there: a service that the mesh does not know
   */
  static @Nullable Destination ofBackend(
      MeshModel model, RouteResource.Backend backend, int calledPort) {
    int port = backend.port() == null ? 0 : backend.port();
    RouteHost host = RouteHost.of(backend, model::serviceEntry);
    if (host instanceof RouteHost.External external) {
      ServiceEntry entry = external.entry();
      boolean called = entry.ports().stream().anyMatch(each -> each.number() == calledPort);
      return new ToEntry(
          entry, external.host(), port(entry, port != 0 || !called ? port : calledPort));
    }
    MeshService service = host instanceof RouteHost.Service to ? model.service(to.key()) : null;
    return service == null || service.ports().isEmpty()
        ? null
        : new ToService(service, service.portIndex(port != 0 ? port : calledPort));
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
  }
}
