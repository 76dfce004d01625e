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
import java.util.TreeMap;

/**
 * Who may call one port of one workload, of all kinds of resources that have a say in it, as Envoy's
 * RBAC filters. Not thread-safe.
 */
final class AccessRules {

  private final Map<RBAC.Action, Map<String, Policy>> rules = new TreeMap<>();

  private AccessRules() {}

  static AccessRules of(MeshModel model, Scope workload, int port) {
    AccessRules rules = new AccessRules();
    CallerTerms callers = new CallerTerms(model.trustDomain());
    AuthorizationPolicyTranslator translator = new AuthorizationPolicyTranslator(callers, port);
    for (AuthorizationPolicy policy : model.catalog().authorizationPolicies()) {
      if (isFor(policy, model, workload)) {
        String namespace = policy.metadata().namespace();
        rules.add(
            action(policy),
            name("AuthorizationPolicy", policy),
            policy.rules().stream().map(rule -> translator.rule(namespace, rule)).toList());
      }
    }
    InboundPolicy denying =
        model.inboundPolicies().denying(workload.namespace(), workload.labels());
    if (denying != null && !rules.rules.containsKey(RBAC.Action.ALLOW)) {
      rules.add(RBAC.Action.ALLOW, name("InboundPolicy", denying), List.of());
    }
    return rules;
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
    };
  }

  private static String name(String kind, MeshResource resource) {
    return kind + "/" + resource.metadata().namespace() + "/" + resource.metadata().name();
  }

  /** Several rules of a policy are told apart by {@code #0}, {@code #1} behind its name. */
  private void add(RBAC.Action action, String name, List<Policy> policies) {
    Map<String, Policy> all = rules.computeIfAbsent(action, none -> new TreeMap<>());
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
    add(RBAC.Action.DENY, filters);
    add(RBAC.Action.ALLOW, filters);
    return filters;
  }

  private void add(RBAC.Action action, List<HttpFilter> filters) {
    Map<String, Policy> policies = rules.get(action);
    if (policies != null) {
      RBAC enforced = RBAC.newBuilder().setAction(action).putAllPolicies(policies).build();
      filters.add(
          HttpFilter.newBuilder()
              .setName("envoy.filters.http.rbac." + action)
              .setTypedConfig(
                  Any.pack(
                      io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.newBuilder()
                          .setRules(enforced)
                          .build()))
              .build());
    }
  }
}
