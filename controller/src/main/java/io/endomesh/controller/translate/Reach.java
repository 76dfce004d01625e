package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.PeerAuthentication.Mode;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadPort;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.xds.translate.InvalidResource;
import io.endomesh.xds.translate.RbacTranslator;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which services let no call of a caller in, whatever it asks for: by the rules that their servers
 * are sent, made what their agents make of them. What depends on more than who calls (headers,
 * paths, addresses, tokens) may be let in. Of one model. Thread-safe.
 */
final class Reach {

  /** Who has no identity, where one is demanded, is refused before any other policy is asked. */
  private static final String STRICT = "PeerAuthentication";

  /**
   * One server.
   *
   * @param rules null if they cannot be read: the server decides
   */
  private record Door(Mode mode, @Nullable Authorization rules) {

    /** Null if it may let a call in. */
    @Nullable String refusing(@Nullable String caller) {
      if (rules == null) {
        return null;
      }
      String first = null;
      if (caller != null && mode != Mode.DISABLE) {
        first = rules.refusesAllOf(caller);
        if (first == null) {
          return null;
        }
      }
      if (mode == Mode.STRICT) {
        return first == null ? STRICT : first;
      }
      // Whoever has an identity can do without.
      String withoutIdentity = rules.refusesAllOf(null);
      return withoutIdentity == null || first == null ? withoutIdentity : first;
    }
  }

  private record Asked(ServiceKey service, @Nullable String caller) {}

  private final MeshModel model;

  /** Nothing is refused to anybody. */
  private final boolean open;

  private final Map<ServiceKey, List<Door>> doors = new ConcurrentHashMap<>();
  private final Map<Asked, Optional<String>> answers = new ConcurrentHashMap<>();

  Reach(MeshModel model) {
    this.model = model;
    Catalog catalog = model.catalog();
    this.open =
        catalog.authorizationPolicies().isEmpty()
            && catalog.trafficTargets().isEmpty()
            && catalog.departmentPolicies().isEmpty()
            && catalog.inboundPolicies().isEmpty()
            && catalog.peerAuthentications().isEmpty()
            && catalog.unreadable().isEmpty();
  }

  boolean isOpen() {
    return open;
  }

  /**
   * The policy that refuses all calls of a caller to a service; null if some may be let in.
   *
   * @param caller SPIFFE id, null if none was proved
   */
  @Nullable String refusing(MeshService service, @Nullable String caller) {
    return open
        ? null
        : answers
            .computeIfAbsent(
                new Asked(service.key(), caller),
                asked -> Optional.ofNullable(decide(service, caller)))
            .orElse(null);
  }

  private @Nullable String decide(MeshService service, @Nullable String caller) {
    String first = null;
    for (Door door : doors.computeIfAbsent(service.key(), key -> doors(service))) {
      String refusing = door.refusing(caller);
      if (refusing == null) {
        return null;
      }
      first = first == null ? refusing : first;
    }
    return first;
  }

  /** Of all its workloads; while it has none, of those that it selects. */
  private List<Door> doors(MeshService service) {
    Set<Door> all = new HashSet<>();
    List<Door> ordered = new ArrayList<>();
    String namespace = service.key().namespace();
    for (Workload workload : service.workloads()) {
      List<Integer> ports = workload.ports().stream().map(WorkloadPort::number).toList();
      add(new Scope(namespace, workload.labels(), Scope.Dialect.AGENT), ports, all, ordered);
    }
    if (ordered.isEmpty()) {
      List<Integer> targets = service.ports().stream().map(ServicePort::target).toList();
      add(new Scope(namespace, service.selector(), Scope.Dialect.AGENT), targets, all, ordered);
    }
    return ordered;
  }

  private void add(Scope workload, List<Integer> ports, Set<Door> all, List<Door> ordered) {
    for (int port : ports) {
      Door door =
          new Door(
              model.mtlsMode(workload.namespace(), workload.labels(), port), rules(workload, port));
      if (all.add(door)) {
        ordered.add(door);
      }
    }
  }

  private @Nullable Authorization rules(Scope workload, int port) {
    try {
      return RbacTranslator.translate(
          HttpConnectionManager.newBuilder()
              .addAllHttpFilters(AccessRules.of(model, workload, port).filters())
              .build());
    } catch (InvalidResource e) {
      return null;
    }
  }
}
