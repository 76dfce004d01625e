package io.endomesh.xds.ads;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.external.CheckServer;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.identity.TrustBundle;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.LimitServer;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.xds.runtime.Log;
import io.endomesh.xds.runtime.Serial;
import io.endomesh.xds.translate.InvalidResource;
import io.endomesh.xds.translate.ListenerResource;
import io.endomesh.xds.translate.SecretResource;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The client of the aggregated discovery service, incremental variant: which resources are wanted,
 * which the controller was told, which it has answered. It knows nothing of connections: messages
 * come in and go out. Not thread-safe: runs on the control thread.
 */
public final class AdsClient {

  /** Told what follows from the controller's answers, on the control thread. */
  public interface Listener {

    /** Something that is read by calls changed. */
    void changed();

    /** The controller does not know this authority, or no longer. */
    void unknown(String authority);

    /** False if with these roots alone others would not believe this workload. */
    default boolean canLiveWith(List<X509Certificate> roots) {
      return true;
    }
  }

  /** Listeners of our own ports have these names, with the port after it; 0 for all others. */
  private static final String INBOUND = "endomesh/inbound/";

  /** There while calls of hosts that the mesh does not know are refused; see the controller. */
  private static final String ANYWHERE_ELSE = "endomesh/outbound";

  /** The roots of the mesh; our listeners and clusters name them so, too. */
  private static final String ROOTS = "ROOTCA";

  /** By which tokens for trails are signed. */
  private static final String TRAIL_KEYS = "endomesh/trail-keys";

  /** google.rpc.Code INVALID_ARGUMENT. */
  private static final int INVALID_ARGUMENT = 3;

  private final Node node;
  private final Serial serial;
  private final Log log;
  private final Listener listener;
  private final Resources resources = new Resources();
  private final NamedEndpoints named;
  private final ActiveRoutes routes;
  private final Linker linker;

  private final Set<String> authorities = new LinkedHashSet<>();
  private final Map<Integer, String> inboundByPort = new TreeMap<>();

  /** What the controller was told on the present stream. */
  private final Map<ResourceType, Set<String>> subscribed = new EnumMap<>(ResourceType.class);

  /** The last nonce of each type on the present stream, so that nothing is answered twice. */
  private final Map<ResourceType, String> nonces = new EnumMap<>(ResourceType.class);

  private @Nullable Consumer<DeltaDiscoveryRequest> stream;
  private boolean nodeSent;

  /**
   * @param dns asked for endpoints that have a name
   * @param nanoTime the clock of the mesh, which tells how long an endpoint is known
   * @param limitServers count for all instances
   * @param checkServers decide about requests
   */
  public AdsClient(
      Node node,
      Serial serial,
      Log log,
      Dns dns,
      LongSupplier nanoTime,
      Function<GlobalPolicy.Server, LimitServer> limitServers,
      Function<GlobalPolicy.Server, CheckServer> checkServers,
      Listener listener) {
    this.node = node;
    this.serial = serial;
    this.log = log;
    this.listener = listener;
    this.named = new NamedEndpoints(dns, serial, this::resolved);
    this.routes = new ActiveRoutes(resources, named);
    this.linker = new Linker(resources, routes, named, nanoTime, limitServers, checkServers);
  }

  /** Wants to know what this authority is, from now on. */
  public void subscribe(String authority) {
    serial.check();
    if (authorities.add(authority)) {
      ask();
    }
  }

  public void unsubscribe(String authority) {
    serial.check();
    if (authorities.remove(authority)) {
      settle();
    }
  }

  /** This workload serves a port now: its rules are wanted. */
  public void bound(int port) {
    serial.check();
    if (inboundByPort.put(port, INBOUND + port) == null) {
      ask();
    }
  }

  public void closed(int port) {
    serial.check();
    if (inboundByPort.remove(port) != null) {
      settle();
      listener.changed();
    }
  }

  /** A stream is open: everything that is wanted is asked for anew, with the versions we have. */
  public void connected(Consumer<DeltaDiscoveryRequest> out) {
    serial.check();
    stream = out;
    nodeSent = false;
    subscribed.clear();
    nonces.clear();
    ask();
  }

  public void disconnected() {
    serial.check();
    stream = null;
  }

  /** Takes in what was kept on disk, as if the controller had said it. */
  public void restore(List<StoredResource> kept) {
    serial.check();
    List<String> problems = new ArrayList<>();
    for (StoredResource resource : kept) {
      accept(resource, problems);
      if (resource.type() == ResourceType.LISTENER) {
        wantAgain(resource.name());
      }
    }
    if (!problems.isEmpty()) {
      log.warn("last known good state: " + String.join("; ", problems) + "; left out");
    }
    named.want(routes.hostNames(clusterNames()));
    routes.update(authorities);
    listener.changed();
  }

  private void wantAgain(String name) {
    if (name.equals(ANYWHERE_ELSE)) {
      return;
    }
    if (!name.startsWith(INBOUND)) {
      authorities.add(name);
      return;
    }
    // Known before the port is bound, so that no request is served without its rules.
    int port = Integer.parseInt(name.substring(INBOUND.length()));
    if (port != 0) {
      inboundByPort.put(port, name);
    }
  }

  /** A name has other addresses than before. */
  private void resolved() {
    settle();
    listener.changed();
  }

  /** All valid resources, to be kept. */
  public List<StoredResource> stored() {
    serial.check();
    return resources.stored();
  }

  /** True if TLS to a server outside the mesh is made of files. */
  public boolean usesFiles() {
    serial.check();
    return !resources.ofFiles().isEmpty();
  }

  /**
   * Looks at the files that TLS to servers outside the mesh is made of.
   *
   * @return why there is none to some of them, in sentences, sorted
   */
  public List<String> lookAtFiles(Instant now) {
    serial.check();
    Set<String> problems = new TreeSet<>();
    for (OriginatedTls tls : resources.ofFiles()) {
      Objects.requireNonNull(tls.files()).refresh(now);
      String problem = tls.problem();
      if (problem != null) {
        problems.add("no TLS to " + tls.expected() + ": " + problem);
      }
    }
    return List.copyOf(problems);
  }

  /** By authority. */
  public Map<String, VirtualHost> hosts() {
    serial.check();
    return linker.hosts(authorities);
  }

  /** True if this workload may not call everything: then addresses are asked for as names are. */
  public boolean restrictsEgress() {
    serial.check();
    return resources.listener(ANYWHERE_ELSE) != null;
  }

  /**
   * @param unknown of ports while the controller has not said
   */
  public Inbound inbound(Inbound.Port unknown) {
    serial.check();
    return linker.inbound(inboundByPort, INBOUND + 0, unknown);
  }

  /** Whose word is taken in the mesh; null if the controller did not say. */
  public @Nullable TrustBundle bundle() {
    serial.check();
    if (!(resources.secret(ROOTS) instanceof SecretResource.Roots roots)) {
      return null;
    }
    TrustBundle alone = TrustBundle.of(roots.certificates());
    return new TrustBundle(
        roots.certificates(),
        resources.secret(TRAIL_KEYS) instanceof SecretResource.TrailKeys keys
            ? keys.keys()
            : alone.trailKeys(),
        roots.revoked(),
        roots.federated());
  }

  /** Where the servers are that are asked by the rules of our ports, besides the controller. */
  public Map<GlobalPolicy.Server, Cluster> servers() {
    serial.check();
    return linker.servers(serverNames());
  }

  /** An answer of the controller. */
  public void received(DeltaDiscoveryResponse response) {
    serial.check();
    ResourceType type = ResourceType.of(response.getTypeUrl());
    if (type == null) {
      nack(
          response,
          "type_url: " + response.getTypeUrl() + " (expected: a type that was asked for)");
      return;
    }
    String nonce = response.getNonce();
    if (nonce.equals(nonces.put(type, nonce)) && !nonce.isEmpty()) {
      return;
    }
    List<String> problems = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    for (Resource resource : response.getResourcesList()) {
      accept(type, resource, problems);
    }
    for (String name : response.getRemovedResourcesList()) {
      resources.remove(type, name);
      if (type == ResourceType.LISTENER && authorities.contains(name)) {
        gone.add(name);
      }
    }
    if (problems.isEmpty()) {
      send(request(type).setResponseNonce(nonce));
    } else {
      String message = String.join("; ", problems);
      log.warn("controller sent what cannot be used: " + message);
      nack(response, message);
    }
    settle();
    gone.forEach(listener::unknown);
    listener.changed();
  }

  private void accept(ResourceType type, Resource resource, List<String> problems) {
    if (!resource.hasResource()) {
      // A heartbeat: the resource lives on.
      return;
    }
    if (!resource.getResource().getTypeUrl().equals(type.typeUrl())) {
      problems.add(
          problem(
              type,
              resource.getName(),
              "type_url: "
                  + resource.getResource().getTypeUrl()
                  + " (expected: "
                  + type.typeUrl()
                  + ")"));
      return;
    }
    accept(
        new StoredResource(
            type, resource.getName(), resource.getVersion(), resource.getResource().getValue()),
        problems);
  }

  /** One bad resource is left out; the others are used (gRFC A46). */
  private void accept(StoredResource resource, List<String> problems) {
    try {
      resources.accept(resource, this::wrong);
    } catch (InvalidProtocolBufferException e) {
      problems.add(
          problem(
              resource.type(),
              resource.name(),
              resource.value().size() + " bytes that cannot be read (" + e.getMessage() + ")"));
    } catch (InvalidResource e) {
      problems.add(problem(resource.type(), resource.name(), String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      // A translator must not fail otherwise; if one does, it costs this resource and no other.
      problems.add(problem(resource.type(), resource.name(), e.toString()));
    }
  }

  /** Null if it can be used. */
  private @Nullable String wrong(Object value) {
    return value instanceof SecretResource.Roots roots
            && !listener.canLiveWith(roots.certificates())
        ? "validation_context.trusted_ca: none of its roots vouches for the certificate of this"
            + " workload (expected: one that does)"
        : null;
  }

  private String problem(ResourceType type, String name, String what) {
    String version = resources.version(type, name);
    return type
        + " "
        + name
        + ": "
        + what
        + (version == null ? ", not used" : ", keeping version " + version);
  }

  /** Follows the names in what is known now, and drops what nobody names any more. */
  private void settle() {
    named.want(routes.hostNames(clusterNames()));
    routes.update(authorities);
    ask();
    for (ResourceType type : ResourceType.values()) {
      resources.retain(type, wanted(type));
    }
  }

  private Set<String> wanted(ResourceType type) {
    return switch (type) {
      case SECRET -> Set.of(ROOTS, TRAIL_KEYS);
      case LISTENER -> {
        Set<String> names = new LinkedHashSet<>(authorities);
        names.addAll(inboundByPort.values());
        names.add(INBOUND + 0);
        names.add(ANYWHERE_ELSE);
        yield names;
      }
      case ROUTE -> routes.routeNames(authorities);
      case CLUSTER -> clusterNames();
      case ENDPOINTS -> routes.endpointNames(clusterNames());
    };
  }

  /** Where calls go, and where limit servers are. */
  private Set<String> clusterNames() {
    Set<String> names = routes.clusterNames(authorities);
    serverNames().forEach(server -> names.add(server.cluster()));
    return names;
  }

  /** That the rules of our ports name, besides the controller. */
  private Set<GlobalPolicy.Server> serverNames() {
    Set<GlobalPolicy.Server> servers = new LinkedHashSet<>();
    Set<String> listeners = new LinkedHashSet<>(inboundByPort.values());
    listeners.add(INBOUND + 0);
    for (String name : listeners) {
      if (resources.listener(name) instanceof ListenerResource.Server port) {
        port.global().stream()
            .map(GlobalPolicy::server)
            .filter(server -> !server.isController())
            .forEach(servers::add);
        port.external().forEach(policies -> servers.add(policies.provider().server()));
      }
    }
    return servers;
  }

  private void ask() {
    if (stream == null) {
      return;
    }
    for (ResourceType type : ResourceType.values()) {
      Set<String> wanted = wanted(type);
      Set<String> told = subscribed.get(type);
      boolean first = told == null;
      Set<String> before = told == null ? Set.of() : told;
      List<String> more = without(wanted, before);
      List<String> less = without(before, wanted);
      // A first request without names would ask for all resources there are.
      if ((first && more.isEmpty()) || (more.isEmpty() && less.isEmpty())) {
        continue;
      }
      DeltaDiscoveryRequest.Builder request =
          request(type).addAllResourceNamesSubscribe(more).addAllResourceNamesUnsubscribe(less);
      if (first) {
        for (String name : wanted) {
          String version = resources.version(type, name);
          if (version != null) {
            request.putInitialResourceVersions(name, version);
          }
        }
      }
      subscribed.put(type, new HashSet<>(wanted));
      send(request);
    }
  }

  private static List<String> without(Set<String> names, Set<String> others) {
    List<String> rest = new ArrayList<>();
    for (String name : names) {
      if (!others.contains(name)) {
        rest.add(name);
      }
    }
    return rest;
  }

  private static DeltaDiscoveryRequest.Builder request(ResourceType type) {
    return DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
  }

  private void nack(DeltaDiscoveryResponse response, String message) {
    send(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce())
            .setErrorDetail(Status.newBuilder().setCode(INVALID_ARGUMENT).setMessage(message)));
  }

  private void send(DeltaDiscoveryRequest.Builder request) {
    if (stream == null) {
      return;
    }
    if (!nodeSent) {
      request.setNode(node);
      nodeSent = true;
    }
    stream.accept(request.build());
  }
}
