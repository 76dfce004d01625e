package io.endomesh.xds.translate;

import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.route.StringMatch;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;

/** Cluster to {@link ClusterResource}. Stateless. */
public final class ClusterTranslator {

  private static final String UPSTREAM_TLS =
      "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";

  private ClusterTranslator() {}

  public static ClusterResource translate(Cluster message) throws InvalidResource {
    UpstreamTlsContext socket = message.hasTransportSocket() ? tls(message) : null;
    OriginatedTls originated = socket == null ? null : OriginationTranslator.translate(socket);
    boolean tls = socket != null && originated == null;
    List<StringMatch> identities =
        socket == null || originated != null ? List.of() : identities(socket);
    ClusterPolicy policy = ClusterPolicyTranslator.translate(message);
    String name = message.getName();
    return switch (message.getType()) {
      case EDS ->
          new ClusterResource(
              name,
              service(name),
              message.getEdsClusterConfig().getServiceName().isEmpty()
                  ? name
                  : message.getEdsClusterConfig().getServiceName(),
              List.of(),
              tls,
              identities,
              originated,
              policy);
      case STATIC ->
          new ClusterResource(
              name,
              service(name),
              null,
              EndpointTranslator.translate(message.getLoadAssignment()),
              tls,
              identities,
              originated,
              policy);
      case STRICT_DNS ->
          new ClusterResource(
              name,
              service(name),
              null,
              EndpointTranslator.translateNamed(message.getLoadAssignment()),
              tls,
              identities,
              originated,
              policy);
      default ->
          throw new InvalidResource(
              "type: " + message.getType() + " (expected: EDS, STATIC or STRICT_DNS)");
    };
  }

  /** {@code outbound|8080|v1|orders.default} belongs to {@code orders.default}. */
  private static String service(String name) {
    return name.substring(name.lastIndexOf('|') + 1);
  }

  private static UpstreamTlsContext tls(Cluster message) throws InvalidResource {
    return Messages.unpack(
        "transport_socket",
        message.getTransportSocket().getTypedConfig(),
        UPSTREAM_TLS,
        UpstreamTlsContext.parser());
  }

  @SuppressWarnings("deprecation") // Istio still sends match_subject_alt_names.
  private static List<StringMatch> identities(UpstreamTlsContext tls) throws InvalidResource {
    CommonTlsContext common = tls.getCommonTlsContext();
    CertificateValidationContext validation =
        common.hasCombinedValidationContext()
            ? common.getCombinedValidationContext().getDefaultValidationContext()
            : common.getValidationContext();
    List<StringMatch> identities = new ArrayList<>();
    for (SubjectAltNameMatcher name : validation.getMatchTypedSubjectAltNamesList()) {
      if (name.getSanType() == SubjectAltNameMatcher.SanType.URI) {
        identities.add(
            Strings.match("transport_socket.match_typed_subject_alt_names", name.getMatcher()));
      }
    }
    for (StringMatcher name : validation.getMatchSubjectAltNamesList()) {
      identities.add(Strings.match("transport_socket.match_subject_alt_names", name));
    }
    return identities;
  }
}
