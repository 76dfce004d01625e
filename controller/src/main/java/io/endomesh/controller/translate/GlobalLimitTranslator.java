package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.RateLimitPolicy;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.ratelimit.v3.RateLimitServiceConfig;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * RateLimitPolicies that count over all workloads, as Envoy's RateLimit filters, one for each
 * policy and with its name, for one workload. What the server is told of a call stands at the
 * virtual host under the same name. Immutable.
 */
final class GlobalLimitTranslator {

  private final MeshModel model;
  private final List<RateLimitPolicy> policies = new ArrayList<>();

  /** Oldest first. */
  GlobalLimitTranslator(MeshModel model, Scope workload) {
    this.model = model;
    for (RateLimitPolicy policy : model.catalog().rateLimitPolicies()) {
      if (policy.global() != null
          && PolicyTargets.include(
              workload, model, policy.metadata().namespace(), policy.services())) {
        policies.add(policy);
      }
    }
  }

  /** Of a policy, for the controller as the server that counts. */
  static String domain(RateLimitPolicy policy) {
    return "RateLimitPolicy/" + policy.metadata().namespace() + "/" + policy.metadata().name();
  }

  List<HttpFilter> filters() {
    List<HttpFilter> filters = new ArrayList<>();
    for (RateLimitPolicy policy : policies) {
      RateLimitPolicy.Global global = policy.global();
      if (global != null) {
        filters.add(
            HttpFilter.newBuilder()
                .setName(domain(policy))
                .setTypedConfig(Any.pack(filter(policy, global)))
                .build());
      }
    }
    return filters;
  }

  private RateLimit filter(RateLimitPolicy policy, RateLimitPolicy.Global global) {
    RateLimitPolicy.Server server = global.server();
    return RateLimit.newBuilder()
        .setDomain(server == null ? domain(policy) : server.domain())
        .setTimeout(Durations.fromNanos(global.timeoutNanos()))
        .setFailureModeDeny(global.failClosed())
        // Not 500, Envoy's default: it is no error of the application, and may pass.
        .setStatusOnError(HttpStatus.newBuilder().setCode(StatusCode.ServiceUnavailable))
        .setRateLimitedAsResourceExhausted(true)
        .setEnableXRatelimitHeaders(RateLimit.XRateLimitHeadersRFCVersion.DRAFT_VERSION_03)
        .setRateLimitService(
            RateLimitServiceConfig.newBuilder()
                .setTransportApiVersion(ApiVersion.V3)
                .setGrpcService(
                    GrpcService.newBuilder()
                        .setEnvoyGrpc(
                            server == null
                                ? GrpcService.EnvoyGrpc.newBuilder()
                                    .setClusterName(GlobalPolicy.CONTROLLER)
                                : asked(
                                    model,
                                    server.host(),
                                    server.port(),
                                    policy.metadata().namespace()))))
        .build();
  }

  /** A server that did not join yet is a cluster without endpoints, which it comes to have. */
  static GrpcService.EnvoyGrpc.Builder asked(
      MeshModel model, String named, int port, String namespace) {
    Destination destination = Destination.ofCluster(model, named, port, namespace);
    if (destination != null) {
      return GrpcService.EnvoyGrpc.newBuilder()
          .setClusterName(destination.clusterName())
          .setAuthority(destination.routeName());
    }
    ServiceKey service = ServiceKey.ofHost(named, namespace);
    String host = service == null ? named : service.toString();
    return GrpcService.EnvoyGrpc.newBuilder()
        .setClusterName(Destination.clusterName(port, host))
        .setAuthority(host + ":" + port);
  }

  /** By the name of the filter: for {@code typed_per_filter_config} of the virtual host. */
  Map<String, Any> calls() {
    Map<String, Any> calls = new LinkedHashMap<>();
    for (RateLimitPolicy policy : policies) {
      RateLimitPerRoute.Builder limits = RateLimitPerRoute.newBuilder();
      policy.limits().forEach(l -> limits.addRateLimits(LimitDescription.of(l).rateLimit()));
      calls.put(domain(policy), Any.pack(limits.build()));
    }
    return calls;
  }

  /** The rates in words, by policy and limit, which Envoy leaves to the server: for messages. */
  Struct rates() {
    Struct.Builder rates = Struct.newBuilder();
    for (RateLimitPolicy policy : policies) {
      Struct.Builder limits = Struct.newBuilder();
      for (RateLimitPolicy.Limit limit : policy.limits()) {
        if (limit.rate() != null) {
          limits.putFields(
              limit.name(), Value.newBuilder().setStringValue(limit.rate().toString()).build());
        }
      }
      if (limits.getFieldsCount() > 0) {
        rates.putFields(domain(policy), Value.newBuilder().setStructValue(limits).build());
      }
    }
    return rates.build();
  }
}
