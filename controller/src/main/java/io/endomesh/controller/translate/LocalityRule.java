package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.DestinationRule.TrafficPolicy;
import io.endomesh.controller.kinds.LocalityLb;
import io.endomesh.controller.kinds.LocalityLb.Distribute;
import io.endomesh.controller.kinds.LocalityLb.Pattern;
import io.endomesh.dataplane.cluster.Locality;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints of a cluster a caller prefers, by where both are. Only what it says by {@link
 * #caller} matters of the caller: clients that agree in it share the resource, so that cost grows
 * with the localities of a mesh and not with its workloads. Immutable.
 */
sealed interface LocalityRule {

  /** Of the caller, what the order of endpoints depends on. */
  Object caller(Scope scope);

  /**
   * What each locality weighs for the caller; one that is left out gets no calls.
   *
   * @param weights sums of the weights of endpoints
   */
  default Map<Locality, Integer> weights(Map<Locality, Integer> weights, Scope scope) {
    return weights;
  }

  /** 0 is preferred; numbers may have gaps. */
  default int priority(Map<String, String> labels, Scope scope) {
    return 0;
  }

  /** Of a cluster with this policy. */
  static LocalityRule of(TrafficPolicy policy) {
    LocalityLb setting = policy.loadBalancer() == null ? null : policy.loadBalancer().locality();
    if (setting == null) {
      setting = LocalityLb.DEFAULT;
    }
    if (!setting.enabled()) {
      return new Indifferent();
    }
    if (!setting.distribute().isEmpty()) {
      return new Shares(setting.distribute());
    }
    // Istio: without outlier detection nobody would notice that a nearer endpoint fails.
    return policy.outliers() == null ? new Indifferent() : new Failover(setting);
  }

  /** All are equal. */
  record Indifferent() implements LocalityRule {
    @Override
    public Object caller(Scope scope) {
      return "";
    }
  }

  /** As the first rule for the caller's locality shares calls out. */
  record Shares(List<Distribute> rules) implements LocalityRule {

    @Override
    public Object caller(Scope scope) {
      Distribute rule = rule(scope);
      return rule == null ? "" : rule;
    }

    private @Nullable Distribute rule(Scope scope) {
      Locality from = Locality.of(scope.labels());
      return rules.stream().filter(rule -> rule.from().matches(from)).findFirst().orElse(null);
    }

    /** A share for several localities is split among them by their own weights (Istio). */
    @Override
    public Map<Locality, Integer> weights(Map<Locality, Integer> own, Scope scope) {
      Distribute rule = rule(scope);
      if (rule == null) {
        return own;
      }
      Map<Locality, Integer> left = new LinkedHashMap<>(own);
      Map<Locality, Integer> shares = new LinkedHashMap<>();
      for (Map.Entry<Pattern, Integer> to : rule.to().entrySet()) {
        List<Locality> matching = left.keySet().stream().filter(to.getKey()::matches).toList();
        long sum = matching.stream().mapToLong(left::get).sum();
        for (Locality locality : matching) {
          long weight = Objects.requireNonNull(left.remove(locality));
          shares.put(locality, (int) Math.ceil((double) weight * to.getValue() * SCALE / sum));
        }
      }
      return shares;
    }

    /** So that a share of 1 % can still be split. */
    private static final int SCALE = 1000;
  }

  /** The nearer the better, by Istio's rules. */
  record Failover(LocalityLb setting) implements LocalityRule {

    /** Same sub-zone, zone, region; then the region to fail over to, then any. */
    private static final int STEPS = 5;

    @Override
    public Object caller(Scope scope) {
      List<String> values = new ArrayList<>();
      for (String label : setting.failoverPriority()) {
        values.add(scope.labels().getOrDefault(LocalityLb.labelName(label), ""));
      }
      return List.of(byLocality() ? Locality.of(scope.labels()) : Locality.NONE, values);
    }

    private boolean byLocality() {
      return setting.failoverPriority().isEmpty() || !setting.failover().isEmpty();
    }

    @Override
    public int priority(Map<String, String> labels, Scope scope) {
      int distance = byLocality() ? distance(Locality.of(scope.labels()), Locality.of(labels)) : 0;
      return mismatches(labels, scope) * STEPS + distance;
    }

    /** How many labels are left from the first on in which caller and endpoint differ. */
    private int mismatches(Map<String, String> labels, Scope scope) {
      List<String> wanted = setting.failoverPriority();
      for (int i = 0; i < wanted.size(); i++) {
        String name = LocalityLb.labelName(wanted.get(i));
        String value =
            name.equals(wanted.get(i))
                ? scope.labels().getOrDefault(name, "")
                : wanted.get(i).substring(name.length() + 1);
        if (!value.equals(labels.getOrDefault(name, ""))) {
          return wanted.size() - i;
        }
      }
      return 0;
    }

    private int distance(Locality caller, Locality endpoint) {
      if (caller.equals(Locality.NONE)) {
        // Who does not say where it is has nothing that is near.
        return 0;
      }
      if (!caller.region().equals(endpoint.region())) {
        String next = setting.failover().get(caller.region());
        return next == null || next.equals(endpoint.region()) ? 3 : 4;
      }
      if (!caller.zone().equals(endpoint.zone())) {
        return 2;
      }
      return caller.subZone().equals(endpoint.subZone()) ? 0 : 1;
    }
  }
}
