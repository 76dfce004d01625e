package io.endomesh.controller.analyze;

import io.endomesh.controller.telemetry.Edge;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.xds.SyncStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds what is valid and wrong all the same. Stateless. */
public final class Analyzer {

  private static final List<Check> CHECKS =
      List.of(
          new ReferencesCheck(),
          new ModifiersCheck(),
          new SelectorsCheck(),
          new ReachabilityCheck(),
          new PrecedenceCheck(),
          new TimeoutsCheck(),
          new LimitsCheck(),
          new CallersCheck(),
          new KeysCheck(),
          new FederationCheck(),
          new StoredCheck(),
          new RejectionsCheck());

  private Analyzer() {}

  /** Looks at a running mesh. */
  public static List<Finding> live(
      MeshModel model, List<Edge> traffic, List<SyncStatus.Node> nodes) {
    return findings(new Estate(model, model.resources(), true, traffic, nodes));
  }

  /** Looks at resources alone: nothing is said of workloads and traffic. */
  public static List<Finding> offline(MeshModel model) {
    return findings(new Estate(model, model.resources(), false, List.of(), List.of()));
  }

  /** The worst first, then by resource. */
  private static List<Finding> findings(Estate estate) {
    List<Finding> findings = new ArrayList<>();
    for (Check check : CHECKS) {
      check.look(estate, findings);
    }
    findings.sort(
        Comparator.comparing((Finding finding) -> finding.code().severity())
            .reversed()
            .thenComparing(finding -> finding.resource().toString())
            .thenComparing(Finding::code)
            .thenComparing(Finding::field));
    return findings;
  }
}
