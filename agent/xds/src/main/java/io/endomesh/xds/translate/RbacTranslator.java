package io.endomesh.xds.translate;

import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.DryRun;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * RBAC filters to {@link Authorization}. For one listener; not thread-safe. The controller compiles
 * this class too, to know whom servers will refuse.
 */
public final class RbacTranslator {

  private static final String RBAC_FILTER = "envoy.extensions.filters.http.rbac.v3.RBAC";
  private static final String ROUTER_FILTER = "envoy.extensions.filters.http.router.v3.Router";

  private RbacTranslator(int trustedHops) {
    this.trustedHops = trustedHops;
  }

  /** As a policy without rules travels, and a rule for another port. */
  private static final Condition NOTHING =
      new Condition.AnyOf(List.of(new Condition.Not(Condition.ANY)));

  /** How many proxies before this server are believed in X-Forwarded-For. */
  private final int trustedHops;

  private final List<Policy> deny = new ArrayList<>();
  private final List<Policy> dryDeny = new ArrayList<>();
  private final List<Policy> audit = new ArrayList<>();
  private @Nullable List<Policy> allow;
  private @Nullable List<Policy> dryAllow;

  public static Authorization translate(HttpConnectionManager manager) throws InvalidResource {
    return new RbacTranslator(manager.getXffNumTrustedHops())
        .translate(manager.getHttpFiltersList());
  }

  /** Shadow rules that are no dry run, because their findings are for another filter. */
  static List<Policy> shadow(HttpConnectionManager manager, String statPrefix)
      throws InvalidResource {
    RbacTranslator translator = new RbacTranslator(manager.getXffNumTrustedHops());
    List<Policy> policies = new ArrayList<>();
    for (HttpFilter filter : manager.getHttpFiltersList()) {
      if (Messages.is(filter.getTypedConfig(), RBAC_FILTER)) {
        String field = "http_filters[" + filter.getName() + "]";
        RBAC rbac = Messages.unpack(field, filter.getTypedConfig(), RBAC_FILTER, RBAC.parser());
        if (rbac.hasShadowRules() && rbac.getShadowRulesStatPrefix().equals(statPrefix)) {
          policies.addAll(translator.policies(field + ".shadow_rules", rbac.getShadowRules()));
        }
      }
    }
    return policies;
  }

  private Authorization translate(List<HttpFilter> filters) throws InvalidResource {
    List<String> ofOthers = ExternalTranslator.statPrefixes(filters);
    for (HttpFilter filter : filters) {
      if (Messages.is(filter.getTypedConfig(), RBAC_FILTER)) {
        String field = "http_filters[" + filter.getName() + "]";
        RBAC rbac = Messages.unpack(field, filter.getTypedConfig(), RBAC_FILTER, RBAC.parser());
        // Envoy: a filter without rules enforces nothing, one whose rules are empty does.
        if (rbac.hasRules()) {
          enforce(field, filter.getName(), rbac.getRules());
        }
        if (rbac.hasShadowRules() && !ofOthers.contains(rbac.getShadowRulesStatPrefix())) {
          observe(field + ".shadow_rules", filter.getName(), rbac.getShadowRules());
        }
      } else if (!Messages.is(filter.getTypedConfig(), ROUTER_FILTER)
          && !RateLimitTranslator.understands(filter)
          && !GlobalLimitTranslator.understands(filter)
          && !OverloadTranslator.understands(filter)
          && !AuthenticationTranslator.understands(filter)
          && !ExternalTranslator.understands(filter)
          && !filter.getIsOptional()) {
        throw new InvalidResource(
            "http_filters["
                + filter.getName()
                + "]: "
                + filter.getTypedConfig().getTypeUrl()
                + " is not supported");
      }
    }
    return new Authorization(
        deny,
        allow == null ? List.of() : allow,
        dryDeny.isEmpty() && dryAllow == null && audit.isEmpty()
            ? DryRun.NONE
            : new DryRun(dryDeny, dryAllow == null ? List.of() : dryAllow, audit));
  }

  private void enforce(String field, String name, io.envoyproxy.envoy.config.rbac.v3.RBAC rules)
      throws InvalidResource {
    switch (rules.getAction()) {
      case DENY -> deny.addAll(policies(field, rules));
      case ALLOW -> allow = only(field, allow, name, policies(field, rules));
      case LOG -> audit.addAll(policies(field, rules));
      default -> throw unknownAction(field, rules);
    }
  }

  private void observe(String field, String name, io.envoyproxy.envoy.config.rbac.v3.RBAC rules)
      throws InvalidResource {
    switch (rules.getAction()) {
      case DENY -> dryDeny.addAll(policies(field, rules));
      case ALLOW -> dryAllow = only(field, dryAllow, name, policies(field, rules));
      case LOG -> audit.addAll(policies(field, rules));
      default -> throw unknownAction(field, rules);
    }
  }

  /** ALLOW rules without policies refuse everything; those without a rule do so here. */
  private static List<Policy> only(
      String field, @Nullable List<Policy> before, String name, List<Policy> policies)
      throws InvalidResource {
    if (before != null) {
      throw new InvalidResource(field + ": a second ALLOW filter (expected: at most one)");
    }
    return policies.isEmpty() ? List.of(new Policy(name, List.of())) : policies;
  }

  private static InvalidResource unknownAction(
      String field, io.envoyproxy.envoy.config.rbac.v3.RBAC rules) {
    return new InvalidResource(
        field + ".action: " + rules.getAction() + " (expected: ALLOW, DENY or LOG)");
  }

  /** Rules of one resource ({@code name#0}, {@code name#1}) are one policy again. */
  private List<Policy> policies(String field, io.envoyproxy.envoy.config.rbac.v3.RBAC rules)
      throws InvalidResource {
    Map<String, List<Policy.Rule>> byName = new TreeMap<>();
    for (var entry : new TreeMap<>(rules.getPoliciesMap()).entrySet()) {
      String key = entry.getKey();
      int hash = key.indexOf('#');
      List<Policy.Rule> ofName =
          byName.computeIfAbsent(
              hash < 0 ? key : key.substring(0, hash), name -> new ArrayList<>());
      Policy.Rule rule = rule(field + ".policies[" + key + "]", entry.getValue());
      if (!rule.permission().equals(NOTHING)) {
        ofName.add(rule);
      }
    }
    List<Policy> policies = new ArrayList<>();
    byName.forEach((name, list) -> policies.add(new Policy(name, list)));
    return policies;
  }

  private Policy.Rule rule(String field, io.envoyproxy.envoy.config.rbac.v3.Policy policy)
      throws InvalidResource {
    if (policy.hasCondition() || policy.hasCheckedCondition()) {
      throw new InvalidResource(field + ".condition is not supported");
    }
    List<Condition> principals = principals(field + ".principals", policy.getPrincipalsList());
    List<Condition> permissions = permissions(field + ".permissions", policy.getPermissionsList());
    return new Policy.Rule(new Condition.AnyOf(principals), new Condition.AnyOf(permissions));
  }

  private List<Condition> principals(String field, List<Principal> messages)
      throws InvalidResource {
    List<Condition> conditions = new ArrayList<>();
    for (Principal message : messages) {
      conditions.add(principal(field, message));
    }
    return conditions;
  }

  @SuppressWarnings(
      "deprecation") // source_ip is deprecated and still what older control planes send.
  private Condition principal(String field, Principal message) throws InvalidResource {
    return switch (message.getIdentifierCase()) {
      case ANY -> Condition.ANY;
      case AND_IDS -> new Condition.All(principals(field, message.getAndIds().getIdsList()));
      case OR_IDS -> new Condition.AnyOf(principals(field, message.getOrIds().getIdsList()));
      case NOT_ID -> new Condition.Not(principal(field, message.getNotId()));
      case AUTHENTICATED ->
          new Condition.Caller(
              message.getAuthenticated().hasPrincipalName()
                  ? Strings.match(
                      field + ".principal_name", message.getAuthenticated().getPrincipalName())
                  : new StringMatch.Present());
      case HEADER -> header(field, message.getHeader());
      case URL_PATH -> path(field, message.getUrlPath());
      case SOURCE_IP -> new Condition.Address(range(field, message.getSourceIp()));
      case DIRECT_REMOTE_IP -> new Condition.Address(range(field, message.getDirectRemoteIp()));
      case REMOTE_IP -> new Condition.Origin(range(field, message.getRemoteIp()), trustedHops);
      case METADATA -> ClaimTranslator.translate(field + ".metadata", message.getMetadata());
      default ->
          throw new InvalidResource(
              field + ": " + message.getIdentifierCase() + " is not supported");
    };
  }

  private static List<Condition> permissions(String field, List<Permission> messages)
      throws InvalidResource {
    List<Condition> conditions = new ArrayList<>();
    for (Permission message : messages) {
      conditions.add(permission(field, message));
    }
    return conditions;
  }

  private static Condition permission(String field, Permission message) throws InvalidResource {
    return switch (message.getRuleCase()) {
      case ANY -> Condition.ANY;
      case AND_RULES -> new Condition.All(permissions(field, message.getAndRules().getRulesList()));
      case OR_RULES -> new Condition.AnyOf(permissions(field, message.getOrRules().getRulesList()));
      case NOT_RULE -> new Condition.Not(permission(field, message.getNotRule()));
      case HEADER -> header(field, message.getHeader());
      case URL_PATH -> path(field, message.getUrlPath());
      default ->
          throw new InvalidResource(field + ": " + message.getRuleCase() + " is not supported");
    };
  }

  private static Condition header(String field, HeaderMatcher header) throws InvalidResource {
    return new Condition.Header(
        header.getName().toLowerCase(Locale.ROOT), Strings.match(field + ".header", header));
  }

  private static Condition path(String field, PathMatcher matcher) throws InvalidResource {
    StringMatcher path = matcher.getPath();
    StringMatch match = Strings.match(field + ".url_path", path);
    PathMatch known = pathMatch(match);
    return known == null ? new Condition.Header(":path", match) : new Condition.Path(known);
  }

  private static @Nullable PathMatch pathMatch(StringMatch match) {
    if (match instanceof StringMatch.Exact exact) {
      return new PathMatch.Exact(exact.expected());
    }
    if (match instanceof StringMatch.Prefix prefix) {
      return new PathMatch.Prefix(prefix.prefix());
    }
    return match instanceof StringMatch.Regex regex ? new PathMatch.Regex(regex.pattern()) : null;
  }

  private static AddressRange range(
      String field, io.envoyproxy.envoy.config.core.v3.CidrRange range) throws InvalidResource {
    try {
      return AddressRange.of(range.getAddressPrefix(), range.getPrefixLen().getValue());
    } catch (IllegalArgumentException e) {
      throw new InvalidResource(field + ": " + e.getMessage());
    }
  }
}
