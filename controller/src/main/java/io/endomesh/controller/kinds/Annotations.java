package io.endomesh.controller.kinds;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a resource of another API says to this mesh where that API has no word for it. Annotations
 * of others are none of our business. Stateless.
 */
final class Annotations {

  /** When the faults of a VirtualService end: Istio's have no end. */
  private static final String FAULTS_UNTIL = "endomesh.io/faults-until";

  private static final String OURS = "endomesh.io/";

  /** Whether a policy is only asked, and decides nothing; Istio's own name means the same. */
  private static final String DRY_RUN = "endomesh.io/dry-run";

  private static final String DRY_RUN_OF_ISTIO = "istio.io/dry-run";

  private static final Map<Kind, List<String>> KNOWN =
      Map.of(
          Kind.VIRTUAL_SERVICE,
          List.of(FAULTS_UNTIL),
          Kind.AUTHORIZATION_POLICY,
          List.of(DRY_RUN),
          Kind.INBOUND_POLICY,
          List.of(DRY_RUN),
          Kind.DEPARTMENT_POLICY,
          List.of(DRY_RUN));

  private Annotations() {}

  static void rejectUnknown(Kind kind, Fields metadata, Map<String, String> annotations) {
    List<String> known = KNOWN.getOrDefault(kind, List.of());
    for (String name : annotations.keySet()) {
      if (name.startsWith(OURS) && !known.contains(name)) {
        throw metadata.invalid(
            "annotations." + name, "unknown annotation" + Nearest.suggestion(name, known));
      }
    }
  }

  /** Null if they have no end. */
  static @Nullable Instant faultsUntil(MeshResource.Metadata metadata) {
    String text = metadata.annotations().get(FAULTS_UNTIL);
    return text == null ? null : Times.parse("metadata.annotations." + FAULTS_UNTIL, text);
  }

  /** True if the policy is only asked. */
  static boolean dryRun(MeshResource.Metadata metadata) {
    return isTrue(metadata, DRY_RUN) || isTrue(metadata, DRY_RUN_OF_ISTIO);
  }

  /** Anything else than these two words could be meant either way, so that neither is assumed. */
  private static boolean isTrue(MeshResource.Metadata metadata, String name) {
    String text = metadata.annotations().get(name);
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.equals("true")) {
      return true;
    }
    throw new InvalidFieldException(
        "metadata.annotations." + name, "'" + text + "' (expected: \"true\" or \"false\")");
  }
}
