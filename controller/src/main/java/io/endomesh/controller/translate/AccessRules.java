package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.DepartmentPolicy;
import io.endomesh.controller.kinds.ExtAuthzProvider;
import io.endomesh.controller.kinds.InboundPolicy;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.TrafficTarget;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may call one port of one workload, of all kinds of resources that have a say in it, as
 * Envoy's RBAC filters. Not thread-safe.
 */
final class AccessRules {

  private final Map<RBAC.Action, Map<String, Policy>> rules = new TreeMap<>();

  /** Of policies that only look on. */
  private final Map<RBAC.Action, Map<String, Policy>> shadow = new TreeMap<>();

  private final CustomRules custom;

  private AccessRules(MeshModel model) {
    this.custom = new CustomRules(model);
  }

  static AccessRules of(MeshModel model, Scope workload, int port) {
    AccessRules rules = new AccessRules(model);
    List<ExtAuthzProvider> providers = model.catalog().extAuthzProviders();
    CallerTerms callers = new CallerTerms(model.trustDomain());
    AuthorizationPolicyTranslator translator =
        new AuthorizationPolicyTranslator(callers, model.callerLabels(), port);
    for (AuthorizationPolicy policy : model.catalog().authorizationPolicies()) {
      if (isFor(policy, model, workload)) {
        ExtAuthzProvider provider = CustomRules.provider(policy, providers);
        if (provider != null && CustomRules.isAsked(model, provider, workload)) {
          continue;
        }
        put(
            provider == null
                ? rules.of(policy.dryRun(), action(policy))
                : rules.custom.of(provider),
            name("AuthorizationPolicy", policy),
            translator.rules(policy));
      }
    }
    for (TrafficTarget target : model.trafficTargets().of(workload)) {
      Policy policy = model.trafficTargets().policy(target, callers);
      rules.add(
          false,
          RBAC.Action.ALLOW,
          name("TrafficTarget", target),
          policy == null ? List.of() : List.of(policy));
    }
    rules.addDepartments(model.departments(), callers, workload.namespace());
    rules.addUnreadable(model, callers, translator, workload);
    rules.addDefaults(model, callers, workload);
    return rules;
  }

  /** In place of what cannot be read, and may refuse more than all others. */
  private void addUnreadable(
      MeshModel model,
      CallerTerms callers,
      AuthorizationPolicyTranslator translator,
      Scope workload) {
    for (Unreadable unreadable : model.unreadable()) {
      AuthorizationPolicy rule = unreadable.rule();
      if (rule != null && isFor(rule, model, workload)) {
        add(false, action(rule), unreadable.name(), translator.rules(rule));
      }
      if (unreadable.apart()) {
        Principal own = callers.namespace(workload.namespace());
        add(false, RBAC.Action.DENY, unreadable.name(), List.of(of(RbacTerms.not(own))));
      }
    }
  }

  /**
   * Departments only narrow: what is not denied here, the policies of the namespace's owner decide.
   */
  private void addDepartments(Departments departments, CallerTerms callers, String namespace) {
    Map<DepartmentPolicy, List<Policy>> denied = new LinkedHashMap<>();
    departments.denied(
        namespace,
        (policy, line) -> {
          Principal of = callers.namespaces(line.namespaces());
          add(denied, policy, line.everybodyElse() ? RbacTerms.not(of) : of);
        });
    Departments.Allowed allowed = departments.allowed(namespace, /* dryRun= */ false);
    Departments.Allowed dryRun = departments.allowed(namespace, /* dryRun= */ true);
    if (allowed != null) {
      add(denied, allowed.policy(), RbacTerms.not(callers.namespaces(allowed.namespaces())));
    } else if (dryRun != null) {
      add(denied, dryRun.policy(), RbacTerms.not(callers.namespaces(dryRun.namespaces())));
    }
    denied.forEach(
        (policy, rules) ->
            add(policy.dryRun(), RBAC.Action.DENY, name("DepartmentPolicy", policy), rules));
  }

  private static void add(
      Map<DepartmentPolicy, List<Policy>> rules, DepartmentPolicy policy, Principal who) {
    rules.computeIfAbsent(policy, none -> new ArrayList<>()).add(of(who));
  }

  private static Policy of(Principal who) {
    return Policy.newBuilder().addPrincipals(who).addPermissions(RbacTerms.ANY_PERMISSION).build();
  }

  /**
   * They count where nobody else says who may call; departments that are allowed to are not refused
   * by default.
   */
  private void addDefaults(MeshModel model, CallerTerms callers, Scope workload) {
    InboundPolicies policies = model.inboundPolicies();
    Departments.Allowed allowed = model.departments().allowed(workload.namespace(), false);
    InboundPolicy denying = policies.denying(workload.namespace(), workload.labels());
    InboundPolicy dryRun = policies.denyingInDryRun(workload.namespace(), workload.labels());
    if (rules.containsKey(RBAC.Action.ALLOW)) {
      return;
    }
    if (denying != null && allowed != null) {
      add(
          false,
          RBAC.Action.ALLOW,
          name("DepartmentPolicy", allowed.policy()),
          List.of(of(callers.namespaces(allowed.namespaces()))));
    } else if (denying != null) {
      add(false, RBAC.Action.ALLOW, name("InboundPolicy", denying), List.of());
    }
    if (dryRun != null && allowed == null && !shadow.containsKey(RBAC.Action.ALLOW)) {
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
      // Nobody is there who could be asked: fails closed.
      case CUSTOM -> RBAC.Action.DENY;
    };
  }

  private static String name(String kind, MeshResource resource) {
    return kind + "/" + resource.metadata().namespace() + "/" + resource.metadata().name();
  }

  private Map<String, Policy> of(boolean dryRun, RBAC.Action action) {
    return (dryRun ? shadow : rules).computeIfAbsent(action, none -> new TreeMap<>());
  }

  private void add(boolean dryRun, RBAC.Action action, String name, List<Policy> policies) {
    put(of(dryRun, action), name, policies);
  }

  /** Several rules of a policy are told apart by {@code #0}, {@code #1} behind its name. */
  private static void put(Map<String, Policy> all, String name, List<Policy> policies) {
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

  /**
   * Who is asked comes first, as in Istio; then denials: a call that one policy denies is refused,
   * whatever another allows.
   */
  List<HttpFilter> filters() {
    List<HttpFilter> filters = new ArrayList<>(custom.filters());
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
