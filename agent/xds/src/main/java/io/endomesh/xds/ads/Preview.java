package io.endomesh.xds.ads;

import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.external.CheckServer;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.limit.LimitServer;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.xds.identity.ClientFiles;
import io.endomesh.xds.translate.InvalidResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an agent makes of what a controller says, without a connection: the same translation and the
 * same linking. The controller compiles this class too, to explain calls. Not thread-safe.
 */
public final class Preview {

  /** What a controller would send. */
  @FunctionalInterface
  public interface Source {
    /** Null if there is no such resource. */
    @Nullable StoredResource find(ResourceType type, String name);
  }

  private final Source source;
  private final Resources resources = new Resources();
  private final ActiveRoutes routes = new ActiveRoutes(resources, EndpointAddresses.UNRESOLVED);
  private final List<String> rejections = new ArrayList<>();

  public Preview(Source source) {
    this.source = source;
  }

  /** The host of an authority; null if it is not in the mesh, or the agent rejects its routes. */
  public @Nullable VirtualHost host(String authority) {
    Set<String> authorities = Set.of(authority);
    ask(ResourceType.LISTENER, authorities);
    ask(ResourceType.ROUTE, routes.routeNames(authorities));
    Set<String> clusters = routes.clusterNames(authorities);
    ask(ResourceType.CLUSTER, clusters);
    resources.ofFiles().forEach(Preview::assumeUsable);
    ask(ResourceType.ENDPOINTS, routes.endpointNames(clusters));
    routes.update(authorities);
    Map<String, VirtualHost> hosts = linker().hosts(authorities);
    return hosts.get(authority);
  }

  /** Rules of a port, by its listener; open if there is none. */
  public Inbound.Port inbound(String listener) {
    ask(ResourceType.LISTENER, Set.of(listener));
    return linker().inbound(Map.of(), listener, Inbound.OPEN.otherPorts()).otherPorts();
  }

  private static void assumeUsable(OriginatedTls tls) {
    if (tls.files() instanceof ClientFiles files) {
      files.assumeUsable();
    }
  }

  private Linker linker() {
    // A call that is explained is not to be counted, and nobody is asked about it.
    return new Linker(
        resources,
        routes,
        EndpointAddresses.UNRESOLVED,
        System::nanoTime,
        server -> LimitServer.OPEN,
        server -> (question, timeoutNanos) -> CheckServer.Verdict.Allowed.PLAINLY);
  }

  /** What the agent would not accept so far, each in a sentence; it keeps what it had of those. */
  public List<String> rejections() {
    return List.copyOf(rejections);
  }

  private void ask(ResourceType type, Set<String> names) {
    for (String name : names) {
      if (resources.isAnswered(type, name)) {
        continue;
      }
      StoredResource stored = source.find(type, name);
      if (stored == null) {
        resources.remove(type, name);
        continue;
      }
      try {
        resources.accept(stored);
      } catch (InvalidResource | InvalidProtocolBufferException e) {
        rejections.add(type + " " + name + ": " + e.getMessage());
      }
    }
  }
}
