package io.endomesh.controller.analyze;

import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.xds.SyncStatus;
import java.util.List;

/** Workloads that do not take what they are sent, and go on with what they had. */
final class RejectionsCheck implements Check {

  @Override
  public void look(Estate estate, List<Finding> findings) {
    for (SyncStatus.Node node : estate.nodes()) {
      SyncStatus.Rejection rejection = node.rejection();
      if (rejection != null) {
        findings.add(
            new Finding(
                Code.EM0702,
                new ResourceKey("Workload", node.namespace(), node.instance()),
                rejection.type(),
                "keeps its last good configuration since "
                    + rejection.at()
                    + ", because it rejected the newest: "
                    + rejection.reason()));
      }
    }
  }
}
