package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.ExtAuthzProvider;
import io.endomesh.controller.kinds.FederatedTrustDomain;
import io.endomesh.controller.kinds.JoinIssuer;
import io.endomesh.controller.kinds.KeySource;
import io.endomesh.controller.kinds.PeerAuthentication.Mode;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.registry.Workload;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The mesh as it is now: what was applied and who is alive, put together. A new one replaces it
 * whole. Immutable.
 */
public final class MeshModel {

  /** The namespace whose policies are for the whole mesh. */
  public static final String MESH_NAMESPACE = PeerAuthenticationTranslator.MESH_NAMESPACE;

  private final long version;
  private final String trustDomain;
  private final Catalog catalog;
  private final List<Workload> workloads;
  private final Map<ServiceKey, List<Integer>> known;
  private final boolean settled;
  private final Map<KeySource, FetchedKeys> keys;
  private final SortedMap<String, FederatedBundle> federation;
  private final Map<ServiceKey, CallerLabels.Members> missing;
  private final List<InjectedFault> faults;
  private final CallerLabels callerLabels;
  private final SortedMap<ServiceKey, MeshService> services;
  private final Map<String, ServiceEntry> entriesByHost = new HashMap<>();
  private final List<RouteResource> routes;
  private final VirtualServices virtualServices;
  private final Set<String> sourceLabels;
  private final Delegates delegates;
  private final DestinationRules destinationRules;
  private final ReferenceGrants referenceGrants;
  private final QueryModifiers queryModifiers;
  private final ResiliencePolicies resiliencePolicies;
  private final BackendPolicies backendPolicies;
  private final TrafficSplits trafficSplits;
  private final DatabasePolicies databasePolicies;
  private final PeerAuthenticationTranslator peerAuthentication;
  private final InboundPolicies inboundPolicies;
  private final Departments departments;
  private final TrafficTargets trafficTargets;
  private final Sidecars sidecars;
  private final UpstreamTls upstreamTls;

  /**
   * @param known services that workloads made, with their ports; some may have no workload left
   * @param settled see {@link #settled}
   */
  MeshModel(
      long version,
      String trustDomain,
      Catalog catalog,
      List<Workload> workloads,
      Map<ServiceKey, List<Integer>> known,
      boolean settled) {
    this(
        version,
        trustDomain,
        catalog,
        workloads,
        known,
        settled,
        Map.of(),
        Map.of(),
        Map.of(),
        List.of());
  }

  /**
   * @param keys of issuers
   * @param federation other trust domains, by name
   * @param missing labels of identities whose workloads are not all there
   * @param faults of fault tests that run
   */
  MeshModel(
      long version,
      String trustDomain,
      Catalog catalog,
      List<Workload> workloads,
      Map<ServiceKey, List<Integer>> known,
      boolean settled,
      Map<KeySource, FetchedKeys> keys,
      Map<String, FederatedBundle> federation,
      Map<ServiceKey, CallerLabels.Members> missing,
      List<InjectedFault> faults) {
    this.faults = List.copyOf(faults);
    this.missing = Map.copyOf(missing);
    this.callerLabels = CallerLabels.of(workloads, catalog.callerLabels(), missing);
    this.federation = Collections.unmodifiableSortedMap(new TreeMap<>(federation));
    this.keys = Map.copyOf(keys);
    this.version = version;
    this.trustDomain = trustDomain;
    this.catalog = catalog;
    this.workloads = List.copyOf(workloads);
    this.known = Map.copyOf(known);
    this.settled = settled;
    this.services =
        Collections.unmodifiableSortedMap(
            ServiceDirectory.of(catalog.services(), workloads, known, trustDomain));
    this.routes = catalog.routes();
    this.virtualServices = new VirtualServices(catalog.virtualServices(), entriesByHost::get);
    this.sourceLabels =
        virtualServices.stream()
            .flatMap(virtual -> virtual.rules().stream())
            .flatMap(rule -> rule.matches().stream())
            .flatMap(match -> match.sourceLabels().keySet().stream())
            .collect(Collectors.toUnmodifiableSet());
    this.delegates = new Delegates(catalog.virtualServices());
    for (ServiceEntry entry : catalog.serviceEntries()) {
      // The oldest keeps a host: nobody takes over another's by applying a second one.
      entry.hosts().forEach(host -> entriesByHost.putIfAbsent(host, entry));
    }
    this.destinationRules = new DestinationRules(catalog.destinationRules(), entriesByHost::get);
    this.referenceGrants = catalog.referenceGrants();
    this.queryModifiers = catalog.queryModifiers();
    this.resiliencePolicies = catalog.resiliencePolicies();
    this.trafficSplits =
        new TrafficSplits(catalog.trafficSplits(), catalog.httpRouteGroups(), catalog.services());
    this.backendPolicies = new BackendPolicies(catalog.backendTrafficPolicies());
    this.databasePolicies = new DatabasePolicies(catalog.databasePolicies());
    this.peerAuthentication = new PeerAuthenticationTranslator(catalog.peerAuthentications());
    this.inboundPolicies = new InboundPolicies(catalog.inboundPolicies());
    this.upstreamTls =
        new UpstreamTls(catalog.backendTlsPolicies(), destinationRules, databasePolicies);
    this.departments = new Departments(catalog.departmentPolicies());
    this.trafficTargets = new TrafficTargets(catalog.trafficTargets(), catalog.httpRouteGroups());
    this.sidecars = new Sidecars(catalog.sidecars());
  }

  /** Grows with each change in this process. */
  public long version() {
    return version;
  }

  /** Of the store. */
  public long revision() {
    return catalog.revision();
  }

  public String trustDomain() {
    return trustDomain;
  }

  /** Where keys of issuers are to be fetched. */
  public Set<KeySource> keySources() {
    return catalog.keySources();
  }

  /** What is known of them; null if nobody has asked yet. */
  public @Nullable FetchedKeys fetched(KeySource source) {
    return keys.get(source);
  }

  /** Whose tokens let workloads join, oldest first. */
  public List<JoinIssuer> joinIssuers() {
    return catalog.joinIssuers();
  }

  /** A JWK Set; null if none is known. */
  public @Nullable String keys(@Nullable KeySource source) {
    FetchedKeys fetched = source == null ? null : keys.get(source);
    return fetched == null ? null : fetched.jwks();
  }

  /** Other trust domains whose workloads are believed, by name. */
  public SortedMap<String, FederatedBundle> federation() {
    return federation;
  }

  /** The resource that counts for a trust domain: the oldest, and none for our own. */
  public @Nullable FederatedTrustDomain federated(String name) {
    return federatedTrustDomains(catalog, trustDomain).get(name);
  }

  /** By trust domain. */
  static SortedMap<String, FederatedTrustDomain> federatedTrustDomains(
      Catalog catalog, String trustDomain) {
    SortedMap<String, FederatedTrustDomain> all = new TreeMap<>();
    for (FederatedTrustDomain domain : catalog.federatedTrustDomains()) {
      if (!domain.trustDomain().equals(trustDomain)) {
        all.putIfAbsent(domain.trustDomain(), domain);
      }
    }
    return all;
  }

  /** The service that a rule is for; null for an external host, or if it is not its own to rule. */
  public @Nullable ServiceKey serviceOf(DestinationRule rule) {
    return RuleHost.of(rule, entriesByHost::get) instanceof RuleHost.Of host
        ? host.service()
        : null;
  }

  /** False if it is for a service of another namespace, and has no effect. */
  public boolean isOwners(DestinationRule rule) {
    return RuleHost.of(rule, entriesByHost::get) instanceof RuleHost.Of;
  }

  /** Sorted by namespace and name. */
  public Collection<MeshService> services() {
    return services.values();
  }

  public @Nullable MeshService service(ServiceKey key) {
    return services.get(key);
  }

  /** All that was applied, oldest first. */
  public List<AppliedResource> resources() {
    return catalog.all();
  }

  /** What is stored and cannot be read, with what is done about it; oldest first. */
  public List<Unreadable> unreadable() {
    return catalog.unreadable();
  }

  /** What opens services to routes of other namespaces. */
  public ReferenceGrants grants() {
    return referenceGrants;
  }

  /** What rules may name to have queries changed. */
  public QueryModifiers queryModifiers() {
    return queryModifiers;
  }

  /** What a VirtualService of a namespace means by a host. */
  public RouteHost routeHost(String host, String namespace) {
    return RouteHost.of(host, namespace, entriesByHost::get);
  }

  /** Where a rule leads. */
  public RouteHost routeHost(RouteResource.Backend backend) {
    return RouteHost.of(backend, entriesByHost::get);
  }

  /** Of the ports of a workload that no single-port mode names. */
  public Mode mtlsMode(String namespace, Map<String, String> labels) {
    return peerAuthentication.mode(namespace, labels, null);
  }

  /** Of the servers of a service: of its first workload, or of its selector while it has none. */
  public Mode mtlsMode(MeshService service) {
    return mtlsMode(
        service.key().namespace(),
        service.workloads().isEmpty() ? service.selector() : service.workloads().get(0).labels());
  }

  /** Whether callers use mutual TLS to reach it: auto-mTLS as in Istio. */
  boolean takesMeshTls(Workload workload, int port) {
    return peerAuthentication.mode(workload.namespace(), workload.labels(), port) != Mode.DISABLE;
  }

  /** By which labels policies may know callers. */
  public CallerLabels callerLabels() {
    return callerLabels;
  }

  Departments departments() {
    return departments;
  }

  /** False if who is to decide about what a policy of action CUSTOM matches is not there. */
  public boolean hasProvider(AuthorizationPolicy policy) {
    return provider(policy) != null;
  }

  /** Who is to decide about what a policy of action CUSTOM matches; null if that is not there. */
  public @Nullable ExtAuthzProvider provider(AuthorizationPolicy policy) {
    return CustomRules.provider(policy, catalog.extAuthzProviders());
  }

  /** What SMI's TrafficTargets permit. */
  public TrafficTargets trafficTargets() {
    return trafficTargets;
  }

  InboundPolicies inboundPolicies() {
    return inboundPolicies;
  }

  Mode mtlsMode(String namespace, Map<String, String> labels, int port) {
    return peerAuthentication.mode(namespace, labels, port);
  }

  /**
   * Whether its workloads are all there are. False for a while after a start of the controller,
   * when those that it knew have not yet come back: something then only seems to have no endpoints.
   */
  public boolean settled() {
    return settled;
  }

  /** Of fault tests that run. */
  List<InjectedFault> faults() {
    return faults;
  }

  /** The same workloads under other resources. */
  MeshModel with(Catalog other) {
    return new MeshModel(
        version, trustDomain, other, workloads, known, settled, keys, federation, missing, faults);
  }

  Catalog catalog() {
    return catalog;
  }

  /** Oldest first. */
  List<RouteResource> routes() {
    return routes;
  }

  VirtualServices virtualServices() {
    return virtualServices;
  }

  /** Names of the labels of callers that a VirtualService asks for. */
  Set<String> sourceLabels() {
    return sourceLabels;
  }

  /** The rules of VirtualServices, with those of their delegates. */
  public Delegates delegates() {
    return delegates;
  }

  DestinationRules destinationRules() {
    return destinationRules;
  }

  ResiliencePolicies resiliencePolicies() {
    return resiliencePolicies;
  }

  ReferenceGrants referenceGrants() {
    return referenceGrants;
  }

  UpstreamTls upstreamTls() {
    return upstreamTls;
  }

  Sidecars sidecars() {
    return sidecars;
  }

  BackendPolicies backendPolicies() {
    return backendPolicies;
  }

  TrafficSplits trafficSplits() {
    return trafficSplits;
  }

  DatabasePolicies databasePolicies() {
    return databasePolicies;
  }

  @Nullable ServiceEntry serviceEntry(String host) {
    return entriesByHost.get(host);
  }
}
