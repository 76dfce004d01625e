package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.BackendTlsPolicy;
import io.endomesh.controller.kinds.BackendTrafficPolicy;
import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.controller.kinds.DepartmentPolicy;
import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.ExtAuthzProvider;
import io.endomesh.controller.kinds.FederatedTrustDomain;
import io.endomesh.controller.kinds.HttpRouteGroup;
import io.endomesh.controller.kinds.InboundPolicy;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.JoinIssuer;
import io.endomesh.controller.kinds.KeySource;
import io.endomesh.controller.kinds.Kind;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.OverloadPolicy;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.PeerAuthentication;
import io.endomesh.controller.kinds.QueryParameterModifier;
import io.endomesh.controller.kinds.RateLimitPolicy;
import io.endomesh.controller.kinds.ReferenceGrant;
import io.endomesh.controller.kinds.RequestAuthentication;
import io.endomesh.controller.kinds.ResiliencePolicy;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.kinds.ServiceResource;
import io.endomesh.controller.kinds.Sidecar;
import io.endomesh.controller.kinds.TrafficSplit;
import io.endomesh.controller.kinds.TrafficTarget;
import io.endomesh.controller.kinds.VirtualService;
import io.endomesh.controller.kinds.WorkloadEntry;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoredResource;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All applied resources as values, at one revision. Immutable. */
final class Catalog {

  private static final Logger log = LoggerFactory.getLogger(Catalog.class);

  static final Catalog EMPTY = new Catalog(0, Map.of());

  /**
   * A resource with what the store knows of it.
   *
   * @param resource null if nothing is in force that could be one
   * @param unreadable null if it can be read
   */
  record Entry(
      StoredResource stored, @Nullable MeshResource resource, @Nullable Unreadable unreadable) {}

  private final long revision;
  private final Map<ResourceKey, Entry> entries;
  private final List<Unreadable> unreadable;

  /** Made when they are first asked for, which is once for each workload of a mesh. */
  private final Map<Class<?>, List<?>> byType = new ConcurrentHashMap<>();

  private Catalog(long revision, Map<ResourceKey, Entry> entries) {
    this.revision = revision;
    this.entries = entries;
    this.unreadable =
        entries.values().stream().noneMatch(entry -> entry.unreadable() != null)
            ? List.of()
            : sorted(entries.values()).stream()
                .map(Entry::unreadable)
                .filter(Objects::nonNull)
                .toList();
  }

  /** Reads only what changed since {@code this}. */
  Catalog update(Resources resources) {
    Map<ResourceKey, Entry> next = new HashMap<>();
    for (StoredResource stored : resources.all()) {
      Entry known = entries.get(stored.key());
      if (known != null && known.stored().revision() == stored.revision()) {
        next.put(stored.key(), known);
        continue;
      }
      next.put(stored.key(), read(stored));
    }
    return new Catalog(resources.revision(), next);
  }

  private static Entry read(StoredResource stored) {
    try {
      return new Entry(stored, ResourceParser.parseStored(stored.key(), stored.body()), null);
    } catch (InvalidResourceException e) {
      Unreadable unreadable = ClosedForm.of(stored, String.valueOf(e.getMessage()));
      log.error(unreadable.told());
      return new Entry(stored, unreadable.instead(), unreadable);
    }
  }

  /** The same with others over it, as if they had been applied last. */
  Catalog with(List<ParsedResource> drafts) {
    Map<ResourceKey, Entry> next = new HashMap<>(entries);
    for (ParsedResource draft : drafts) {
      Entry before = entries.get(draft.key());
      Instant createdAt = before == null ? Instant.MAX : before.stored().createdAt();
      next.put(
          draft.key(),
          new Entry(
              new StoredResource(draft.key(), revision, draft.body(), createdAt, Instant.MAX),
              draft.resource(),
              null));
    }
    return new Catalog(revision, next);
  }

  /** Oldest first. */
  List<AppliedResource> all() {
    return sorted(entries.values()).stream()
        .filter(entry -> entry.unreadable() == null && entry.resource() != null)
        .map(
            entry ->
                new AppliedResource(entry.stored().key(), Objects.requireNonNull(entry.resource())))
        .toList();
  }

  /** Names of the labels of callers that AuthorizationPolicies ask for. */
  Set<String> callerLabels() {
    Set<String> names = new TreeSet<>();
    authorizationPolicies().forEach(policy -> names.addAll(policy.callerLabels()));
    for (Unreadable one : unreadable) {
      if (one.rule() != null) {
        names.addAll(one.rule().callerLabels());
      }
    }
    return names;
  }

  /** What is stored and cannot be read, oldest first. */
  List<Unreadable> unreadable() {
    return unreadable;
  }

  /** True if a resource is stored and cannot be read. */
  boolean isUnreadable(Kind kind, String namespace, String name) {
    Entry entry = entries.get(new ResourceKey(kind.kindName(), namespace, name));
    return entry != null && entry.unreadable() != null;
  }

  long revision() {
    return revision;
  }

  List<ServiceResource> services() {
    return of(ServiceResource.class);
  }

  List<AuthorizationPolicy> authorizationPolicies() {
    return of(AuthorizationPolicy.class);
  }

  List<PeerAuthentication> peerAuthentications() {
    return of(PeerAuthentication.class);
  }

  List<DepartmentPolicy> departmentPolicies() {
    return of(DepartmentPolicy.class);
  }

  List<TrafficTarget> trafficTargets() {
    return of(TrafficTarget.class);
  }

  List<InboundPolicy> inboundPolicies() {
    return of(InboundPolicy.class);
  }

  List<RequestAuthentication> requestAuthentications() {
    return of(RequestAuthentication.class);
  }

  List<ExtAuthzProvider> extAuthzProviders() {
    return of(ExtAuthzProvider.class);
  }

  List<JoinIssuer> joinIssuers() {
    return of(JoinIssuer.class);
  }

  List<FederatedTrustDomain> federatedTrustDomains() {
    return of(FederatedTrustDomain.class);
  }

  /** Where keys are to be fetched. */
  Set<KeySource> keySources() {
    Set<KeySource> sources = new HashSet<>();
    for (JoinIssuer issuer : joinIssuers()) {
      if (issuer.keys() != null) {
        sources.add(issuer.keys());
      }
    }
    for (RequestAuthentication policy : requestAuthentications()) {
      for (RequestAuthentication.TokenRule rule : policy.rules()) {
        if (rule.keys() != null) {
          sources.add(rule.keys());
        }
      }
    }
    return sources;
  }

  List<VirtualService> virtualServices() {
    return of(VirtualService.class);
  }

  List<DestinationRule> destinationRules() {
    return of(DestinationRule.class);
  }

  List<ServiceEntry> serviceEntries() {
    return of(ServiceEntry.class);
  }

  List<OverloadPolicy> overloadPolicies() {
    return of(OverloadPolicy.class);
  }

  List<RateLimitPolicy> rateLimitPolicies() {
    return of(RateLimitPolicy.class);
  }

  ResiliencePolicies resiliencePolicies() {
    return new ResiliencePolicies(of(ResiliencePolicy.class));
  }

  List<Sidecar> sidecars() {
    return of(Sidecar.class);
  }

  List<WorkloadEntry> workloadEntries() {
    return of(WorkloadEntry.class);
  }

  List<BackendTlsPolicy> backendTlsPolicies() {
    return of(BackendTlsPolicy.class);
  }

  List<BackendTrafficPolicy> backendTrafficPolicies() {
    return of(BackendTrafficPolicy.class);
  }

  List<TrafficSplit> trafficSplits() {
    return of(TrafficSplit.class);
  }

  List<HttpRouteGroup> httpRouteGroups() {
    return of(HttpRouteGroup.class);
  }

  List<DatabasePolicy> databasePolicies() {
    return of(DatabasePolicy.class);
  }

  QueryModifiers queryModifiers() {
    return new QueryModifiers(of(QueryParameterModifier.class));
  }

  ReferenceGrants referenceGrants() {
    return new ReferenceGrants(of(ReferenceGrant.class));
  }

  /** Oldest first, then by name: the order in which Gateway API breaks ties. */
  List<RouteResource> routes() {
    return sorted(entries.values()).stream()
        .map(Entry::resource)
        .filter(RouteResource.class::isInstance)
        .map(RouteResource.class::cast)
        .toList();
  }

  @SuppressWarnings("unchecked") // Its values are of the type that is their key.
  private <T extends MeshResource> List<T> of(Class<T> type) {
    return (List<T>)
        byType.computeIfAbsent(
            type,
            none ->
                sorted(entries.values()).stream()
                    .map(Entry::resource)
                    .filter(type::isInstance)
                    .map(type::cast)
                    .toList());
  }

  private static List<Entry> sorted(Collection<Entry> entries) {
    return entries.stream()
        .sorted(
            java.util.Comparator.comparing((Entry entry) -> entry.stored().createdAt())
                .thenComparing(entry -> entry.stored().key().namespace())
                .thenComparing(entry -> entry.stored().key().name()))
        .toList();
  }
}
