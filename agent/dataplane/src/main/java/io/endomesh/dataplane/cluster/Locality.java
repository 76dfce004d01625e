package io.endomesh.dataplane.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a workload runs (Envoy {@code Locality}). A workload says it by its labels, under the names
 * that Kubernetes and Istio give to nodes, so that policies can speak of them like of any label.
 * Immutable.
 *
 * @param region {@code eu-west-1}; all parts are empty if it is not known
 * @param zone {@code eu-west-1a}; may be empty, as may the next
 * @param subZone {@code rack-7}
 */
public record Locality(String region, String zone, String subZone) {

  /** Labels of Kubernetes' well-known ones, and of Istio, which alone has sub-zones. */
  public static final String REGION_LABEL = "topology.kubernetes.io/region";

  public static final String ZONE_LABEL = "topology.kubernetes.io/zone";
  public static final String SUB_ZONE_LABEL = "topology.istio.io/subzone";

  /** Not known. */
  public static final Locality NONE = new Locality("", "", "");

  /** What a workload with these labels says; {@link #NONE} if it says nothing. */
  public static Locality of(Map<String, String> labels) {
    String region = labels.get(REGION_LABEL);
    if (region == null) {
      return NONE;
    }
    String zone = labels.getOrDefault(ZONE_LABEL, "");
    return new Locality(
        region, zone, zone.isEmpty() ? "" : labels.getOrDefault(SUB_ZONE_LABEL, ""));
  }

  /**
   * {@code region}, {@code region/zone} or {@code region/zone/subzone}, as Istio writes it.
   *
   * @return null if it is none of these
   */
  public static @Nullable Locality parse(String text) {
    int first = text.indexOf('/');
    int second = first < 0 ? -1 : text.indexOf('/', first + 1);
    String region = first < 0 ? text : text.substring(0, first);
    String zone = first < 0 ? "" : text.substring(first + 1, second < 0 ? text.length() : second);
    String subZone = second < 0 ? "" : text.substring(second + 1);
    boolean valid =
        !region.isEmpty()
            && (first < 0 || !zone.isEmpty())
            && (second < 0 || !subZone.isEmpty())
            && subZone.indexOf('/') < 0;
    return valid ? new Locality(region, zone, subZone) : null;
  }

  /** The labels that say it; none if it is not known. */
  public Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>();
    put(labels, REGION_LABEL, region);
    put(labels, ZONE_LABEL, zone);
    put(labels, SUB_ZONE_LABEL, subZone);
    return labels;
  }

  private static void put(Map<String, String> labels, String name, String value) {
    if (!value.isEmpty()) {
      labels.put(name, value);
    }
  }

  /** As {@link #parse} reads it; empty if it is not known. */
  @Override
  public String toString() {
    String text = zone.isEmpty() ? region : region + "/" + zone;
    return subZone.isEmpty() ? text : text + "/" + subZone;
  }
}
