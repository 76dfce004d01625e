package io.endomesh.controller.kinds;

import io.endomesh.dataplane.cluster.Locality;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where calls go by locality (Istio {@code LocalityLoadBalancerSetting}; fields and defaults are
 * Istio's). Immutable.
 *
 * @param distribute shares by the caller's locality; excludes the next two
 * @param failover by region
 * @param failoverPriority labels, each {@code name} or {@code name=value}
 */
public record LocalityLb(
    boolean enabled,
    List<Distribute> distribute,
    Map<String, String> failover,
    List<String> failoverPriority) {

  /** What holds where a DestinationRule says nothing: nearer ones first. */
  public static final LocalityLb DEFAULT = new LocalityLb(true, List.of(), Map.of(), List.of());

  private static final String ANY = "*";

  /**
   * @param from of callers
   * @param to shares that sum to 100; localities that none names get nothing
   */
  public record Distribute(Pattern from, Map<Pattern, Integer> to) {}

  /**
   * Localities, from the region down; {@code *}, or nothing, is any.
   *
   * @param zone null for any
   * @param subZone null for any
   */
  public record Pattern(@Nullable String region, @Nullable String zone, @Nullable String subZone) {

    public boolean matches(Locality locality) {
      return matches(region, locality.region())
          && matches(zone, locality.zone())
          && matches(subZone, locality.subZone());
    }

    private static boolean matches(@Nullable String wanted, String given) {
      return wanted == null || wanted.equals(given);
    }
  }

  public LocalityLb {
    distribute = List.copyOf(distribute);
    failover = Map.copyOf(failover);
    failoverPriority = List.copyOf(failoverPriority);
  }

  /** Null if absent. */
  static @Nullable LocalityLb read(Fields holder) {
    Fields fields = holder.optionalObject("localityLbSetting");
    if (fields == null) {
      return null;
    }
    List<Distribute> distribute = fields.objects("distribute", LocalityLb::distribute);
    Map<String, String> failover = new LinkedHashMap<>();
    fields.objects("failover", each -> failover(each, failover));
    List<String> priority = fields.strings("failoverPriority");
    if (!distribute.isEmpty() && (!failover.isEmpty() || !priority.isEmpty())) {
      throw fields.invalid(
          "distribute", "beside failover (expected: distribute, or failover and failoverPriority)");
    }
    failoverPriority(fields, failover, priority);
    LocalityLb result =
        new LocalityLb(fields.bool("enabled", true), distribute, failover, priority);
    fields.rejectUnknown();
    return result;
  }

  private static Distribute distribute(Fields fields) {
    Pattern from = pattern(fields, "from", fields.string("from"));
    Fields to = fields.object("to");
    Map<Pattern, Integer> shares = new LinkedHashMap<>();
    int sum = 0;
    for (String name : to.names()) {
      int share = to.integer(name, 1, 100);
      shares.put(pattern(to, name, name), share);
      sum += share;
    }
    if (sum != 100) {
      throw fields.invalid("to", "shares sum to " + sum + " (expected: 100)");
    }
    return new Distribute(from, shares);
  }

  private static Pattern pattern(Fields fields, String field, String text) {
    String[] parts = text.split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      if (parts.length > 3 || parts[i].isEmpty() || parts[i].equals(ANY) && !last) {
        throw fields.invalid(
            field,
            "'" + text + "' (expected: region/zone/subzone, of which the last may be * for any)");
      }
    }
    return new Pattern(
        part(parts, 0),
        parts.length > 1 ? part(parts, 1) : null,
        parts.length > 2 ? part(parts, 2) : null);
  }

  private static @Nullable String part(String[] parts, int index) {
    return parts[index].equals(ANY) ? null : parts[index];
  }

  private static String failover(Fields fields, Map<String, String> into) {
    String from = region(fields, "from");
    String to = region(fields, "to");
    if (from.equals(to)) {
      throw fields.invalid("to", "'" + to + "' (expected: another region than from)");
    }
    if (into.put(from, to) != null) {
      throw fields.invalid("from", "'" + from + "' twice (expected: once)");
    }
    return from;
  }

  private static String region(Fields fields, String name) {
    String region = fields.string(name);
    if (region.contains("/") || region.equals(ANY)) {
      throw fields.invalid(name, "'" + region + "' (expected: a region, without zones)");
    }
    return region;
  }

  /** As Istio: what failover says of regions must not be said a second time by labels. */
  private static void failoverPriority(
      Fields fields, Map<String, String> failover, List<String> priority) {
    List<String> topology =
        List.of(Locality.REGION_LABEL, Locality.ZONE_LABEL, Locality.SUB_ZONE_LABEL);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < priority.size(); i++) {
      String field = "failoverPriority[" + i + "]";
      String name = labelName(priority.get(i));
      if (name.isEmpty()) {
        throw fields.invalid(
            field, "'" + priority.get(i) + "' (expected: a label, or label=value)");
      }
      if (names.contains(name)) {
        throw fields.invalid(field, "'" + name + "' twice (expected: once)");
      }
      if (!failover.isEmpty() && topology.contains(name)) {
        throw fields.invalid(
            field, "'" + name + "' beside failover (expected: one of them for localities)");
      }
      names.add(name);
    }
  }

  /** {@code name} of {@code name} or {@code name=value}. */
  public static String labelName(String priority) {
    int equals = priority.indexOf('=');
    return equals < 0 ? priority : priority.substring(0, equals);
  }
}
