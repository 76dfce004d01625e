package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.InboundPolicy;
import io.endomesh.controller.kinds.MeshResource;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may call one port of one workload, of all kinds of resources that have a say in it, as Envoy's
 * RBAC filters. Not thread-safe.
 */
final class AccessRules {

  private final Map<RBAC.Action, Map<String, Policy>> rules = new TreeMap<>();

  /** Of policies that only look on. */
  private final Map<RBAC.Action, Map<String, Policy>> shadow = new TreeMap<>();

  private AccessRules() {}

  static AccessRules of(MeshModel model, Scope workload, int port) {
    AccessRules rules = new AccessRules();
    CallerTerms callers = new CallerTerms(model.trustDomain());
    AuthorizationPolicyTranslator translator = new AuthorizationPolicyTranslator(callers, port);
    for (AuthorizationPolicy policy : model.catalog().authorizationPolicies()) {
      if (isFor(policy, model, workload)) {
        String namespace = policy.metadata().namespace();
        rules.add(
            policy.dryRun(),
            action(policy),
            name("AuthorizationPolicy", policy),
            policy.rules().stream().map(rule -> translator.rule(namespace, rule)).toList());
      }
    }
    rules.addDefaults(model.inboundPolicies(), workload);
    return rules;
  }

  /** They count where nobody else says who may call. */
  private void addDefaults(InboundPolicies policies, Scope workload) {
    InboundPolicy denying = policies.denying(workload.namespace(), workload.labels());
    InboundPolicy dryRun = policies.denyingInDryRun(workload.namespace(), workload.labels());
    if (rules.containsKey(RBAC.Action.ALLOW)) {
      return;
    }
    if (denying != null) {
      add(false, RBAC.Action.ALLOW, name("InboundPolicy", denying), List.of());
    }
    if (dryRun != null && !shadow.containsKey(RBAC.Action.ALLOW)) {
      add(true, RBAC.Action.ALLOW, name("InboundPolicy", dryRun), List.of());
    }
  }

  /** One of the namespace {@code endomesh-system} is for every namespace, as of Istio's root. */
  private static boolean isFor(AuthorizationPolicy policy, MeshModel model, Scope workload) {
    String namespace = policy.metadata().namespace();
    if (!policy.services().isEmpty()) {
      return PolicyTargets.include(workload, model, namespace, policy.services());
    }
    return (namespace.equals(workload.namespace())
            || namespace.equals(PeerAuthenticationTranslator.MESH_NAMESPACE))
        && workload.labels().entrySet().containsAll(policy.selector().entrySet());
  }

  private static RBAC.Action action(AuthorizationPolicy policy) {
    return switch (policy.action()) {
      case ALLOW -> RBAC.Action.ALLOW;
      case DENY -> RBAC.Action.DENY;
      case AUDIT -> RBAC.Action.LOG;
    };
  }

  private static String name(String kind, MeshResource resource) {
    return kind + "/" + resource.metadata().namespace() + "/" + resource.metadata().name();
  }

  /** Several rules of a policy are told apart by {@code #0}, {@code #1} behind its name. */
  private void add(boolean dryRun, RBAC.Action action, String name, List<Policy> policies) {
    Map<String, Policy> all = (dryRun ? shadow : rules).computeIfAbsent(action, none -> new TreeMap<>());
    if (policies.isEmpty()) {
      // Matches nothing; it is there so that an ALLOW policy without rules refuses by its name.
      Permission nothing = RbacTerms.not(RbacTerms.ANY_PERMISSION);
      all.put(
          name,
          Policy.newBuilder()
              .addPermissions(nothing)
              .addPrincipals(RbacTerms.ANY_PRINCIPAL)
              .build());
    }
    for (int i = 0; i < policies.size(); i++) {
      all.put(policies.size() == 1 ? name : name + "#" + i, policies.get(i));
    }
  }

  /** Denials first: a call that one policy denies is refused, whatever another allows. */
  List<HttpFilter> filters() {
    List<HttpFilter> filters = new ArrayList<>();
    for (RBAC.Action action : List.of(RBAC.Action.DENY, RBAC.Action.ALLOW, RBAC.Action.LOG)) {
      filter(action, rules.get(action), shadow.get(action)).ifPresent(filters::add);
    }
    return filters;
  }

  private static Optional<HttpFilter> filter(
      RBAC.Action action,
      @Nullable Map<String, Policy> enforced,
      @Nullable Map<String, Policy> observed) {
    if (enforced == null && observed == null) {
      return Optional.empty();
    }
    var filter = io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.newBuilder();
    if (enforced != null) {
      filter.setRules(rbac(action, enforced));
    }
    if (observed != null) {
      filter.setShadowRules(rbac(action, observed));
    }
    return Optional.of(
        HttpFilter.newBuilder()
            .setName("envoy.filters.http.rbac." + action)
            .setTypedConfig(Any.pack(filter.build()))
            .build());
  }

  private static RBAC rbac(RBAC.Action action, Map<String, Policy> policies) {
    return RBAC.newBuilder().setAction(action).putAllPolicies(policies).build();
  }
}
