package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.AuthorizationPolicy.Operation;
import io.endomesh.controller.kinds.AuthorizationPolicy.Source;
import io.endomesh.controller.kinds.AuthorizationPolicy.Values;
import io.endomesh.controller.kinds.AuthorizationPolicy.When;
import io.endomesh.controller.kinds.PathTemplates;
import io.endomesh.dataplane.identity.SpiffeId;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** AuthorizationPolicies as Envoy RBAC, for one port of one workload. Immutable. */
final class AuthorizationPolicyTranslator {

  private static final Permission ANY_PERMISSION = Permission.newBuilder().setAny(true).build();
  private static final Principal ANY_PRINCIPAL = Principal.newBuilder().setAny(true).build();

  private final List<AuthorizationPolicy> policies;
  private final String trustDomain;
  private final int port;

  /**
   * @param policies oldest first
   */
  AuthorizationPolicyTranslator(
      List<AuthorizationPolicy> policies,
      String namespace,
      Map<String, String> labels,
      int port,
      String trustDomain) {
    this.policies =
        policies.stream()
            .filter(
                policy ->
                    policy.metadata().namespace().equals(namespace)
                        || policy
                            .metadata()
                            .namespace()
                            .equals(PeerAuthenticationTranslator.MESH_NAMESPACE))
            .filter(policy -> labels.entrySet().containsAll(policy.selector().entrySet()))
            .toList();
    this.port = port;
    this.trustDomain = trustDomain;
  }

  /** Null if no policy of this action selects the workload. */
  @Nullable RBAC rbac(AuthorizationPolicy.Action action) {
    RBAC.Builder rbac =
        RBAC.newBuilder()
            .setAction(
                action == AuthorizationPolicy.Action.DENY ? RBAC.Action.DENY : RBAC.Action.ALLOW);
    boolean any = false;
    for (AuthorizationPolicy policy : policies) {
      if (policy.action() == action) {
        any = true;
        add(policy, rbac);
      }
    }
    return any ? rbac.build() : null;
  }

  private void add(AuthorizationPolicy policy, RBAC.Builder rbac) {
    String name =
        "AuthorizationPolicy/" + policy.metadata().namespace() + "/" + policy.metadata().name();
    if (policy.rules().isEmpty()) {
      // Matches nothing; it is there so that an ALLOW policy without rules refuses by its name.
      rbac.putPolicies(
          name,
          Policy.newBuilder()
              .addPermissions(Permission.newBuilder().setNotRule(ANY_PERMISSION))
              .addPrincipals(ANY_PRINCIPAL)
              .build());
    }
    boolean single = policy.rules().size() == 1;
    for (int i = 0; i < policy.rules().size(); i++) {
      rbac.putPolicies(
          single ? name : name + "#" + i,
          rule(policy.metadata().namespace(), policy.rules().get(i)));
    }
  }

  private Policy rule(String namespace, AuthorizationPolicy.Rule rule) {
    List<Principal> who = new ArrayList<>();
    List<Permission> what = new ArrayList<>();
    for (When when : rule.when()) {
      when(when, who, what);
    }
    if (!rule.from().isEmpty()) {
      who.add(anyPrincipal(rule.from().stream().map(source -> source(namespace, source)).toList()));
    }
    if (!rule.to().isEmpty()) {
      what.add(anyPermission(rule.to().stream().map(this::operation).toList()));
    }
    return Policy.newBuilder()
        .addPrincipals(allPrincipals(who))
        .addPermissions(allPermissions(what))
        .build();
  }

  private Principal source(String namespace, Source source) {
    List<Principal> all = new ArrayList<>();
    principals(source.principals(), this::principal, all);
    principals(source.namespaces(), this::namespace, all);
    principals(source.serviceAccounts(), account -> account(namespace, account), all);
    return allPrincipals(all);
  }

  private static void principals(
      Values values, Function<String, StringMatcher> matcher, List<Principal> all) {
    if (!values.in().isEmpty()) {
      all.add(anyPrincipal(values.in().stream().map(matcher).map(v -> named(v)).toList()));
    }
    if (!values.notIn().isEmpty()) {
      all.add(
          Principal.newBuilder()
              .setNotId(
                  anyPrincipal(values.notIn().stream().map(matcher).map(v -> named(v)).toList()))
              .build());
    }
  }

  private static Principal named(StringMatcher identity) {
    return Principal.newBuilder()
        .setAuthenticated(Principal.Authenticated.newBuilder().setPrincipalName(identity))
        .build();
  }

  /** {@code endomesh.local/ns/shop/sa/orders}, as Istio writes it; with {@code spiffe://} too. */
  private StringMatcher principal(String value) {
    String scheme = "spiffe://";
    if (value.equals("*")) {
      return StringMatcher.newBuilder().setPrefix(scheme).build();
    }
    if (value.startsWith("*")) {
      return StringMatcher.newBuilder().setSuffix(value.substring(1)).build();
    }
    String full = value.startsWith(scheme) ? value : scheme + value;
    return full.endsWith("*")
        ? StringMatcher.newBuilder().setPrefix(full.substring(0, full.length() - 1)).build()
        : StringMatcher.newBuilder().setExact(full).build();
  }

  private StringMatcher namespace(String value) {
    String ids = "spiffe://" + trustDomain + "/ns/";
    if (value.startsWith("*") && value.length() > 1) {
      return StringMatcher.newBuilder()
          .setSafeRegex(
              RouteRules.regex(
                  com.google.re2j.Pattern.quote(ids)
                      + "[^/]*"
                      + com.google.re2j.Pattern.quote(value.substring(1))
                      + "/.*"))
          .build();
    }
    return StringMatcher.newBuilder()
        .setPrefix(
            value.endsWith("*") ? ids + value.substring(0, value.length() - 1) : ids + value + "/")
        .build();
  }

  /** {@code orders}, or {@code shop/orders} of another namespace. */
  private StringMatcher account(String namespace, String value) {
    int slash = value.indexOf('/');
    return StringMatcher.newBuilder()
        .setExact(
            slash < 0
                ? SpiffeId.of(trustDomain, namespace, value)
                : SpiffeId.of(trustDomain, value.substring(0, slash), value.substring(slash + 1)))
        .build();
  }

  private Permission operation(Operation operation) {
    List<Permission> all = new ArrayList<>();
    permissions(operation.hosts(), AuthorizationPolicyTranslator::host, all);
    permissions(operation.ports(), this::port, all);
    permissions(operation.methods(), value -> header(":method", pattern(value)), all);
    permissions(operation.paths(), AuthorizationPolicyTranslator::path, all);
    return allPermissions(all);
  }

  private static void permissions(
      Values values, Function<String, Permission> permission, List<Permission> all) {
    if (!values.in().isEmpty()) {
      all.add(anyPermission(values.in().stream().map(permission).toList()));
    }
    if (!values.notIn().isEmpty()) {
      all.add(not(anyPermission(values.notIn().stream().map(permission).toList())));
    }
  }

  /** The port of this listener is known here, so clients need not look at it again. */
  private Permission port(String value) {
    return Integer.parseInt(value) == port ? ANY_PERMISSION : not(ANY_PERMISSION);
  }

  /** With or without a port, because clients write both. */
  private static Permission host(String value) {
    StringMatcher plain = pattern(value.toLowerCase(Locale.ROOT));
    if (plain.getMatchPatternCase() == StringMatcher.MatchPatternCase.PREFIX) {
      return header(":authority", plain.toBuilder().setIgnoreCase(true).build());
    }
    String text =
        plain.getMatchPatternCase() == StringMatcher.MatchPatternCase.SUFFIX
            ? ".*" + com.google.re2j.Pattern.quote(plain.getSuffix())
            : com.google.re2j.Pattern.quote(plain.getExact());
    return header(
        ":authority",
        StringMatcher.newBuilder()
            .setSafeRegex(RouteRules.regex("(?i)" + text + "(:[0-9]+)?"))
            .build());
  }

  private static Permission path(String value) {
    StringMatcher path =
        PathTemplates.isTemplate(value)
            ? StringMatcher.newBuilder()
                .setSafeRegex(RouteRules.regex(PathTemplates.regex(value)))
                .build()
            : pattern(value);
    return Permission.newBuilder().setUrlPath(PathMatcher.newBuilder().setPath(path)).build();
  }

  private static Permission header(String name, StringMatcher value) {
    return Permission.newBuilder()
        .setHeader(HeaderMatcher.newBuilder().setName(name).setStringMatch(value))
        .build();
  }

  private void when(When when, List<Principal> who, List<Permission> what) {
    switch (when.key()) {
      case "source.principal" -> principals(when.values(), this::principal, who);
      case "source.namespace" -> principals(when.values(), this::namespace, who);
      default -> {
        String name =
            when.key()
                .substring(AuthorizationPolicy.WHEN_HEADER.length(), when.key().length() - 1)
                .toLowerCase(Locale.ROOT);
        permissions(when.values(), value -> header(name, pattern(value)), what);
      }
    }
  }

  private static StringMatcher pattern(String value) {
    StringMatcher.Builder matcher = StringMatcher.newBuilder();
    if (value.equals("*")) {
      return matcher.setPrefix("").build();
    }
    if (value.startsWith("*")) {
      return matcher.setSuffix(value.substring(1)).build();
    }
    return value.endsWith("*")
        ? matcher.setPrefix(value.substring(0, value.length() - 1)).build()
        : matcher.setExact(value).build();
  }

  private static Permission not(Permission permission) {
    return Permission.newBuilder().setNotRule(permission).build();
  }

  private static Permission anyPermission(List<Permission> permissions) {
    return permissions.size() == 1
        ? permissions.get(0)
        : Permission.newBuilder()
            .setOrRules(Permission.Set.newBuilder().addAllRules(permissions))
            .build();
  }

  private static Permission allPermissions(List<Permission> permissions) {
    if (permissions.isEmpty()) {
      return ANY_PERMISSION;
    }
    return permissions.size() == 1
        ? permissions.get(0)
        : Permission.newBuilder()
            .setAndRules(Permission.Set.newBuilder().addAllRules(permissions))
            .build();
  }

  private static Principal anyPrincipal(List<Principal> principals) {
    return principals.size() == 1
        ? principals.get(0)
        : Principal.newBuilder().setOrIds(Principal.Set.newBuilder().addAllIds(principals)).build();
  }

  private static Principal allPrincipals(List<Principal> principals) {
    if (principals.isEmpty()) {
      return ANY_PRINCIPAL;
    }
    return principals.size() == 1
        ? principals.get(0)
        : Principal.newBuilder()
            .setAndIds(Principal.Set.newBuilder().addAllIds(principals))
            .build();
  }
}
