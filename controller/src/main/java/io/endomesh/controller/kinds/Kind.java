package io.endomesh.controller.kinds;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of resources this mesh knows, under their own names of Kubernetes. */
public enum Kind {
  SERVICE("Service", "services", List.of("v1"), ServiceResource::read),
  HTTP_ROUTE(
      "HTTPRoute",
      "httproutes",
      List.of("gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1"),
      HttpRoute::read),
  GRPC_ROUTE("GRPCRoute", "grpcroutes", List.of("gateway.networking.k8s.io/v1"), GrpcRoute::read),
  AUTHORIZATION_POLICY(
      "AuthorizationPolicy",
      "authorizationpolicies",
      List.of("security.istio.io/v1", "security.istio.io/v1beta1"),
      AuthorizationPolicy::read),
  PEER_AUTHENTICATION(
      "PeerAuthentication",
      "peerauthentications",
      List.of("security.istio.io/v1", "security.istio.io/v1beta1"),
      PeerAuthentication::read),
  INBOUND_POLICY(
      "InboundPolicy", "inboundpolicies", List.of("endomesh.io/v1"), InboundPolicy::read),
  DEPARTMENT_POLICY(
      "DepartmentPolicy", "departmentpolicies", List.of("endomesh.io/v1"), DepartmentPolicy::read),
  REQUEST_AUTHENTICATION(
      "RequestAuthentication",
      "requestauthentications",
      List.of("security.istio.io/v1", "security.istio.io/v1beta1"),
      RequestAuthentication::read),
  EXT_AUTHZ_PROVIDER(
      "ExtAuthzProvider", "extauthzproviders", List.of("endomesh.io/v1"), ExtAuthzProvider::read),
  JOIN_ISSUER("JoinIssuer", "joinissuers", List.of("endomesh.io/v1"), JoinIssuer::read),
  CLUSTER_FEDERATED_TRUST_DOMAIN(
      "ClusterFederatedTrustDomain",
      "clusterfederatedtrustdomains",
      List.of("spire.spiffe.io/v1alpha1"),
      FederatedTrustDomain::read),
  SERVICE_ENTRY(
      "ServiceEntry",
      "serviceentries",
      List.of(
          "networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3"),
      ServiceEntry::read),
  VIRTUAL_SERVICE(
      "VirtualService",
      "virtualservices",
      List.of(
          "networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3"),
      VirtualService::read),
  DESTINATION_RULE(
      "DestinationRule",
      "destinationrules",
      List.of(
          "networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3"),
      DestinationRule::read),
  REFERENCE_GRANT(
      "ReferenceGrant",
      "referencegrants",
      List.of("gateway.networking.k8s.io/v1beta1", "gateway.networking.k8s.io/v1"),
      ReferenceGrant::read),
  RATE_LIMIT_POLICY(
      "RateLimitPolicy", "ratelimitpolicies", List.of("endomesh.io/v1"), RateLimitPolicy::read),
  RESILIENCE_POLICY(
      "ResiliencePolicy", "resiliencepolicies", List.of("endomesh.io/v1"), ResiliencePolicy::read),
  OVERLOAD_POLICY(
      "OverloadPolicy", "overloadpolicies", List.of("endomesh.io/v1"), OverloadPolicy::read),
  SIDECAR(
      "Sidecar",
      "sidecars",
      List.of(
          "networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3"),
      Sidecar::read),
  WORKLOAD_ENTRY(
      "WorkloadEntry",
      "workloadentries",
      List.of(
          "networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3"),
      WorkloadEntry::read),
  BACKEND_TLS_POLICY(
      "BackendTLSPolicy",
      "backendtlspolicies",
      List.of("gateway.networking.k8s.io/v1"),
      BackendTlsPolicy::read),
  BACKEND_TRAFFIC_POLICY(
      "XBackendTrafficPolicy",
      "xbackendtrafficpolicies",
      List.of("gateway.networking.x-k8s.io/v1alpha1"),
      BackendTrafficPolicy::read),
  TRAFFIC_SPLIT(
      "TrafficSplit",
      "trafficsplits",
      List.of(
          "split.smi-spec.io/v1alpha4", "split.smi-spec.io/v1alpha3", "split.smi-spec.io/v1alpha2"),
      TrafficSplit::read),
  HTTP_ROUTE_GROUP(
      "HTTPRouteGroup",
      "httproutegroups",
      List.of("specs.smi-spec.io/v1alpha4"),
      HttpRouteGroup::read),
  TRAFFIC_TARGET(
      "TrafficTarget",
      "traffictargets",
      List.of("access.smi-spec.io/v1alpha3", "access.smi-spec.io/v1alpha2"),
      TrafficTarget::read),
  DATABASE_POLICY(
      "DatabasePolicy", "databasepolicies", List.of("endomesh.io/v1"), DatabasePolicy::read),
  QUERY_PARAMETER_MODIFIER(
      QueryParameterModifier.KIND,
      "queryparametermodifiers",
      List.of("endomesh.io/v1"),
      QueryParameterModifier::read);

  interface Reader {
    MeshResource read(MeshResource.Metadata metadata, Fields spec);
  }

  private final String kindName;
  private final String plural;
  private final List<String> apiVersions;
  private final Reader reader;

  Kind(String kindName, String plural, List<String> apiVersions, Reader reader) {
    this.kindName = kindName;
    this.plural = plural;
    this.apiVersions = apiVersions;
    this.reader = reader;
  }

  /** {@code HTTPRoute}. */
  public String kindName() {
    return kindName;
  }

  /** {@code httproutes}, as in paths of the API. */
  public String plural() {
    return plural;
  }

  /** The preferred one first; all mean the same. */
  public List<String> apiVersions() {
    return apiVersions;
  }

  MeshResource read(MeshResource.Metadata metadata, Fields spec) {
    return reader.read(metadata, spec);
  }

  public static Optional<Kind> named(String kindName) {
    return Arrays.stream(values()).filter(kind -> kind.kindName.equals(kindName)).findFirst();
  }

  public static Optional<Kind> ofPlural(String plural) {
    return Arrays.stream(values()).filter(kind -> kind.plural.equals(plural)).findFirst();
  }

  public static List<String> names() {
    return Arrays.stream(values()).map(Kind::kindName).toList();
  }

  public static List<String> plurals() {
    return Arrays.stream(values()).map(Kind::plural).toList();
  }
}
