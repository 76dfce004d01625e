package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.HttpRouteGroup;
import io.endomesh.controller.kinds.TrafficTarget;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** TrafficTargets, with the HTTPRouteGroups they name. Immutable. */
public final class TrafficTargets {

  private final List<TrafficTarget> targets;

  /** By namespace and name, as services are. */
  private final Map<ServiceKey, HttpRouteGroup> groups = new HashMap<>();

  /** All lists oldest first. */
  TrafficTargets(List<TrafficTarget> targets, List<HttpRouteGroup> groups) {
    this.targets = List.copyOf(targets);
    groups.forEach(
        group -> this.groups.put(TrafficSplits.key(group, group.metadata().name()), group));
  }

  /** Those for a workload. */
  List<TrafficTarget> of(Scope workload) {
    return targets.stream()
        .filter(target -> target.metadata().namespace().equals(workload.namespace()))
        .filter(target -> target.service().equals(workload.labels().get("app")))
        .toList();
  }

  /** A rule that names what there is not permits nothing: null if none of it is there. */
  @Nullable Policy policy(TrafficTarget target, CallerTerms callers) {
    List<Permission> what = new ArrayList<>();
    for (TrafficTarget.Rule rule : target.rules()) {
      HttpRouteGroup group = groups.get(TrafficSplits.key(target, rule.group()));
      if (group != null) {
        group.matches().stream()
            .filter(match -> rule.matches().isEmpty() || rule.matches().contains(match.name()))
            .forEach(match -> what.add(permission(match)));
      }
    }
    if (what.isEmpty() && !target.rules().isEmpty()) {
      return null;
    }
    return Policy.newBuilder()
        .addPrincipals(
            RbacTerms.anyOf(
                target.sources().stream()
                    .map(one -> callers.account(one.namespace(), one.service()))
                    .toList()))
        .addPermissions(what.isEmpty() ? RbacTerms.ANY_PERMISSION : RbacTerms.any(what))
        .build();
  }

  /** What a rule of the target names and there is not, in words; null if all is there. */
  public @Nullable String missing(TrafficTarget target, TrafficTarget.Rule rule) {
    HttpRouteGroup group = groups.get(TrafficSplits.key(target, rule.group()));
    if (group == null) {
      return "no HTTPRouteGroup " + target.metadata().namespace() + "/" + rule.group();
    }
    List<String> names = group.matches().stream().map(HttpRouteGroup.Match::name).toList();
    return rule.matches().stream()
        .filter(name -> !names.contains(name))
        .findFirst()
        .map(name -> "no match '" + name + "' in HTTPRouteGroup " + rule.group())
        .orElse(null);
  }

  private static Permission permission(HttpRouteGroup.Match match) {
    List<Permission> all = new ArrayList<>();
    if (match.pathRegex() != null) {
      // Anchored at the beginning only (SMI); Envoy's expressions are for the whole path.
      String regex = "(?:" + match.pathRegex() + ").*";
      StringMatcher path = StringMatcher.newBuilder().setSafeRegex(RouteRules.regex(regex)).build();
      all.add(Permission.newBuilder().setUrlPath(PathMatcher.newBuilder().setPath(path)).build());
    }
    if (!match.methods().isEmpty()) {
      all.add(
          RbacTerms.any(
              match.methods().stream()
                  .map(method -> RbacTerms.header(":method", exact(method)))
                  .toList()));
    }
    match
        .headers()
        .forEach(
            (name, regex) ->
                all.add(
                    RbacTerms.header(
                        name,
                        StringMatcher.newBuilder().setSafeRegex(RouteRules.regex(regex)).build())));
    return RbacTerms.all(all);
  }

  private static StringMatcher exact(String text) {
    return StringMatcher.newBuilder().setExact(text).build();
  }
}
