package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.QueryParameterModifier;
import io.endomesh.controller.kinds.RouteFilters;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.RouteResource.Backend;
import io.endomesh.controller.kinds.RouteResource.NamedText;
import io.endomesh.controller.kinds.RouteResource.Retry;
import io.endomesh.controller.kinds.RouteResource.Session;
import io.endomesh.controller.kinds.RouteResource.Text;
import io.endomesh.controller.kinds.RouteResource.Timeouts;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a rule does with the calls it matches, the same for HTTPRoute and GRPCRoute: where they go,
 * how long they may take, what is retried. Immutable.
 */
final class RouteRules {

  /** Where a backend nobody knows would listen: it is never connected to. */
  private static final int UNKNOWN_BACKEND_PORT = 80;

  /** As Gateway API has it for references that lead nowhere. */
  private static final int UNRESOLVED = 500;

  /** As many as without a policy, and as Istio's default. */
  private static final int DEFAULT_ATTEMPTS = 2;

  /** Failures before the server has seen the request: safe to repeat whatever the method. */
  private static final String NEVER_SENT = "connect-failure,refused-stream,reset-before-request";

  /** Envoy caps the back-off at ten times its base. */
  private static final int MAX_BACKOFF_FACTOR = 10;

  /** The gRPC status that stands for an HTTP one, as Envoy's {@code retry_on} names it. */
  private static final Map<Integer, String> GRPC_TOKENS =
      Map.of(
          500, "internal",
          503, "unavailable",
          504, "deadline-exceeded",
          429, "resource-exhausted");

  /** The conditions of {@code retry_on} that gRPC's clients know (gRFC A44). */
  private static final Set<String> GRPC_CONDITIONS =
      Set.of("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable");

  private final MeshModel model;
  private final Scope.Dialect dialect;
  private final Destination to;
  private final @Nullable RouteResource owner;

  /**
   * @param to what the callers meant: where a rule leads that names no backend
   */
  RouteRules(MeshModel model, Scope.Dialect dialect, Destination to) {
    this(model, dialect, to, null);
  }

  private RouteRules(
      MeshModel model, Scope.Dialect dialect, Destination to, @Nullable RouteResource owner) {
    this.model = model;
    this.dialect = dialect;
    this.to = to;
    this.owner = owner;
  }

  /** The same for a resource that may only lead where {@link ReferenceGrants} let it. */
  RouteRules of(RouteResource resource) {
    return new RouteRules(model, dialect, to, resource);
  }

  boolean grpcDialect() {
    return dialect == Scope.Dialect.GRPC;
  }

  /** An action without a timeout: absent would mean 15 s. */
  static RouteAction.Builder unlimited() {
    return RouteAction.newBuilder().setTimeout(Duration.getDefaultInstance());
  }

  /** A whole route: what the rule does with the calls that it matches. */
  Route route(String name, RouteMatch match, RouteResource.Rule rule) {
    RouteFilters filters = rule.filters();
    Route.Builder route =
        Route.newBuilder()
            .setName(name)
            .setMatch(match)
            .addAllRequestHeadersToAdd(FilterTranslator.headers(filters.request()))
            .addAllRequestHeadersToRemove(filters.request().remove())
            .addAllResponseHeadersToAdd(FilterTranslator.headers(filters.response()))
            .addAllResponseHeadersToRemove(filters.response().remove());
    RouteResource resource = owner;
    QueryModifiers all = model.queryModifiers();
    List<String> missing = resource == null ? List.of() : all.missing(resource, rule);
    List<QueryParameterModifier> modifiers = resource == null ? List.of() : all.of(resource, rule);
    if (!missing.isEmpty()) {
      route.setDirectResponse(FilterTranslator.answer(unresolved(name, missing)));
    } else if (filters.redirect() != null) {
      route.setRedirect(FilterTranslator.redirect(filters.redirect()));
    } else if (filters.answer() != null) {
      route.setDirectResponse(FilterTranslator.answer(filters.answer()));
    } else {
      route.setRoute(action(rule));
    }
    // gRPC's clients are not told when it ends: they would never stop.
    if (filters.fault() != null && !(grpcDialect() && filters.fault().until() != null)) {
      FilterTranslator.fault(filters.fault(), route);
    }
    if (filters.cors() != null && !grpcDialect()) {
      route.putTypedPerFilterConfig(
          FilterTranslator.CORS, Any.pack(FilterTranslator.cors(filters.cors())));
    }
    boolean answers = filters.answers() || !missing.isEmpty();
    if (!modifiers.isEmpty() && !answers && !grpcDialect()) {
      route.putTypedPerFilterConfig(
          FilterTranslator.HEADER_MUTATION, Any.pack(QueryTranslator.mutations(modifiers)));
    }
    // gRPC's clients reject the filter, which they do not know.
    Session session = answers ? null : session(rule);
    if (session != null && !grpcDialect()) {
      TrafficPolicyTranslator.makeNoCookie(route.getRouteBuilder());
      route.putTypedPerFilterConfig(
          FilterTranslator.STATEFUL_SESSION, Any.pack(FilterTranslator.session(session)));
    }
    return route.build();
  }

  /**
   * Gateway API: a filter that leads nowhere must not be skipped, and calls are answered with an
   * error ({@code HTTPRouteFilter.extensionRef}).
   */
  private static RouteFilters.Answer unresolved(String name, List<String> missing) {
    return new RouteFilters.Answer(
        UNRESOLVED,
        name
            + " names QueryParameterModifier "
            + String.join(", ", missing)
            + ", which there is not");
  }

  /**
   * The rule's own; else what an XBackendTrafficPolicy says of where it leads, if the sides of a
   * split agree.
   */
  private @Nullable Session session(RouteResource.Rule rule) {
    if (rule.session() != null) {
      return rule.session();
    }
    List<Session> sessions =
        rule.backends().isEmpty()
            ? Collections.singletonList(session(to))
            : rule.backends().stream()
                .filter(backend -> backend.weight() > 0)
                .map(backend -> session(Destination.ofBackend(model, backend, to.portNumber())))
                .toList();
    return sessions.stream().distinct().count() == 1 ? sessions.get(0) : null;
  }

  private @Nullable Session session(@Nullable Destination leadsTo) {
    return leadsTo instanceof Destination.ToService service
        ? model.backendPolicies().session(service.service().key())
        : null;
  }

  private RouteAction action(RouteResource.Rule rule) {
    RouteAction.Builder action = unlimited();
    clusters(rule.backends(), action);
    if (rule.filters().rewrite() != null) {
      FilterTranslator.rewrite(rule.filters().rewrite(), action);
    }
    for (RouteFilters.Mirror mirror : rule.filters().mirrors()) {
      action.addRequestMirrorPolicies(
          RouteAction.RequestMirrorPolicy.newBuilder()
              .setCluster(clusterName(mirror.backend()))
              .setRuntimeFraction(
                  RuntimeFractionalPercent.newBuilder()
                      .setDefaultValue(FilterTranslator.percent(mirror.perMillion()))));
    }
    Timeouts timeouts = rule.timeouts();
    if (timeouts.requestNanos() != null) {
      Duration timeout = Durations.fromNanos(timeouts.requestNanos());
      action.setTimeout(timeout);
      // gRPC's clients read this one instead (gRFC A31).
      action.setMaxStreamDuration(
          RouteAction.MaxStreamDuration.newBuilder().setMaxStreamDuration(timeout));
    }
    Retry retry = rule.retry();
    boolean retries = retry != null && attempts(retry) > 0;
    if (retry != null || timeouts.attemptNanos() != null) {
      // gRPC's clients reject a policy without retries (gRFC A44) and know no timeout of an
      // attempt.
      if (!grpcDialect() || retries) {
        action.setRetryPolicy(retryPolicy(retry, timeouts));
      }
    }
    return action.build();
  }

  private void clusters(List<Backend> backends, RouteAction.Builder action) {
    if (backends.isEmpty()) {
      TrafficPolicyTranslator.hashPolicy(
          model.destinationRules().policy(to.host(), null, to.portNumber()), action);
      action.setCluster(to.clusterName());
      return;
    }
    List<Backend> weighted = backends.stream().filter(backend -> backend.weight() > 0).toList();
    if (owner != null
        && !grpcDialect()
        && (weighted.isEmpty()
            || weighted.stream().anyMatch(backend -> absence(backend) != null))) {
      // Gateway API: what would go to a backend that is none is answered with 500.
      action.setClusterNotFoundResponseCode(
          RouteAction.ClusterNotFoundResponseCode.INTERNAL_SERVER_ERROR);
    }
    if (weighted.isEmpty()) {
      action.setCluster(
          Destination.absentClusterName("no-backend", to.portNumber(), to.host(), dialect));
      return;
    }
    TrafficPolicyTranslator.hashPolicy(policy(weighted.get(0)), action);
    if (weighted.size() == 1 && weighted.get(0).filters().equals(RouteFilters.NONE)) {
      action.setCluster(clusterName(weighted.get(0)));
      return;
    }
    WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
    for (Backend backend : weighted) {
      RouteFilters filters = backend.filters();
      clusters.addClusters(
          WeightedCluster.ClusterWeight.newBuilder()
              .setName(clusterName(backend))
              .setWeight(UInt32Value.of(backend.weight()))
              .addAllRequestHeadersToAdd(FilterTranslator.headers(filters.request()))
              .addAllRequestHeadersToRemove(filters.request().remove())
              .addAllResponseHeadersToAdd(FilterTranslator.headers(filters.response()))
              .addAllResponseHeadersToRemove(filters.response().remove()));
    }
    action.setWeightedClusters(clusters);
  }

  private DestinationRule.TrafficPolicy policy(Backend backend) {
    Destination leadsTo = Destination.ofBackend(model, backend, to.portNumber());
    int port = leadsTo == null ? UNKNOWN_BACKEND_PORT : leadsTo.portNumber();
    return model.destinationRules().policy(host(backend), backend.subset(), port);
  }

  private String host(Backend backend) {
    RouteHost host = RouteHost.of(backend, model::serviceEntry);
    if (host instanceof RouteHost.External external) {
      return external.host();
    }
    return host instanceof RouteHost.Service service
        ? service.key().toString()
        : ((RouteHost.Unknown) host).host();
  }

  private String clusterName(Backend backend) {
    String absence = absence(backend);
    Destination leadsTo =
        absence == null ? Destination.ofBackend(model, backend, to.portNumber()) : null;
    if (leadsTo != null) {
      return leadsTo.clusterName(backend.subset());
    }
    int port = backend.port() == null ? UNKNOWN_BACKEND_PORT : backend.port();
    return absence == null
        ? Destination.clusterName(port, backend.subset(), host(backend))
        : Destination.absentClusterName(absence, port, host(backend), dialect);
  }

  /**
   * Why a backend is none, in a word; null if it is one. Only Gateway API says what is to become of
   * such calls.
   */
  private @Nullable String absence(Backend backend) {
    ServiceKey key = new ServiceKey(backend.namespace(), backend.service());
    if (owner == null) {
      return null;
    }
    if (!model.referenceGrants().permit(owner, key)) {
      return "not-permitted";
    }
    return model.service(key) == null ? "not-found" : null;
  }

  private static int attempts(Retry retry) {
    return retry.attempts() == null ? DEFAULT_ATTEMPTS : retry.attempts();
  }

  private RetryPolicy retryPolicy(@Nullable Retry retry, Timeouts timeouts) {
    RetryPolicy.Builder policy = RetryPolicy.newBuilder();
    List<String> on = new ArrayList<>();
    if (!grpcDialect()) {
      on.add(NEVER_SENT);
      if (timeouts.attemptNanos() != null) {
        policy.setPerTryTimeout(Durations.fromNanos(timeouts.attemptNanos()));
      }
    }
    policy.setNumRetries(UInt32Value.of(retry == null ? DEFAULT_ATTEMPTS : attempts(retry)));
    if (retry != null) {
      if (!retry.codes().isEmpty() && !grpcDialect()) {
        on.add("retriable-status-codes");
        policy.addAllRetriableStatusCodes(retry.codes());
      }
      for (String condition : retry.conditions()) {
        // Of the rest gRPC's clients know the statuses only, and the others say nothing to them.
        if (!grpcDialect() || GRPC_CONDITIONS.contains(condition)) {
          on.add(condition);
        }
      }
      for (Integer code : retry.codes()) {
        String token = GRPC_TOKENS.get(code);
        if (token != null) {
          on.add(token);
        }
      }
      Long backoffNanos = retry.backoffNanos();
      if (backoffNanos != null && backoffNanos > 0) {
        policy.setRetryBackOff(
            RetryPolicy.RetryBackOff.newBuilder()
                .setBaseInterval(Durations.fromNanos(backoffNanos))
                .setMaxInterval(Durations.fromNanos(backoffNanos * MAX_BACKOFF_FACTOR)));
      }
    }
    return policy.setRetryOn(String.join(",", new LinkedHashSet<>(on))).build();
  }

  static HeaderMatcher header(NamedText header) {
    return HeaderMatcher.newBuilder()
        .setName(header.name())
        .setStringMatch(string(header.value()))
        .build();
  }

  static StringMatcher string(Text text) {
    return text.regex()
        ? StringMatcher.newBuilder().setSafeRegex(regex(text.value())).build()
        : StringMatcher.newBuilder().setExact(text.value()).build();
  }

  static RegexMatcher regex(String regex) {
    return RegexMatcher.newBuilder().setRegex(regex).build();
  }

  static String name(MeshResource.Metadata metadata, String kind, int rule) {
    return kind + "/" + name(metadata, rule);
  }

  static String name(MeshResource.Metadata metadata, int rule) {
    return metadata.namespace() + "/" + metadata.name() + " rule " + rule;
  }
}
