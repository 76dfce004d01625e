package io.endomesh.weaving;

import io.endomesh.dataplane.cluster.Locality;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where this JVM runs: the setting {@code locality}, or what OpenTelemetry's variable for resource
 * attributes says, which platforms and operators set for every process. Stateless.
 */
final class LocalitySetting {

  private LocalitySetting() {}

  /** {@link Locality#NONE} if nobody says it. */
  static Locality read(SettingSource source, List<String> problems) {
    SettingSource.Found found = source.find("locality");
    if (found == null) {
      return ofResource(source.foreign("otel.resource.attributes", "OTEL_RESOURCE_ATTRIBUTES"));
    }
    Locality locality = Settings.isLabelText(found.value()) ? Locality.parse(found.value()) : null;
    if (locality != null) {
      return locality;
    }
    problems.add(
        found.name()
            + ": "
            + found.value()
            + " (expected: region, region/zone or region/zone/subzone, each of letters, digits and"
            + " -_.); this workload has no locality");
    return Locality.NONE;
  }

  /**
   * OpenTelemetry semantic conventions, {@code cloud.region} and {@code cloud.availability_zone}.
   */
  private static Locality ofResource(@Nullable String attributes) {
    String region = "";
    String zone = "";
    for (String attribute : SettingSource.split(attributes == null ? "" : attributes, ",")) {
      int equals = attribute.indexOf('=');
      String value = equals < 0 ? "" : attribute.substring(equals + 1).trim();
      if (value.indexOf('/') < 0 && Settings.isLabelText(value)) {
        switch (attribute.substring(0, equals).trim()) {
          case "cloud.region" -> region = value;
          case "cloud.availability_zone" -> zone = value;
          default -> {
            // One of the many others.
          }
        }
      }
    }
    return region.isEmpty() ? Locality.NONE : new Locality(region, zone, "");
  }
}
