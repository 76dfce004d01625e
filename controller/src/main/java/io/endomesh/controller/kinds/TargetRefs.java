package io.endomesh.controller.kinds;

import java.util.List;

/**
 * Reads {@code targetRefs}, by which a policy says what it is for (Gateway API, GEP-713 and
 * GEP-2648 "direct policy attachment"). Stateless.
 */
final class TargetRefs {

  private TargetRefs() {}

  /** Names of services of the policy's own namespace; at least one. */
  static List<String> services(Fields spec) {
    List<String> services =
        spec.objects(
            "targetRefs",
            fields -> {
              RouteFields.coreGroup(fields);
              String kind = fields.string("kind");
              if (!kind.equals("Service")) {
                throw fields.invalid("kind", "'" + kind + "' (expected: Service)");
              }
              fields.unsupported("sectionName", "namespace");
              return fields.string("name");
            });
    if (services.isEmpty()) {
      throw spec.invalid("targetRefs", "absent (expected: a Service the policy is for)");
    }
    return services;
  }
}
