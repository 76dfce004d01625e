package io.endomesh.controller;

import io.endomesh.controller.ca.CertificateAuthority;
import io.endomesh.controller.registry.Settling;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadRegistry;
import io.endomesh.controller.translate.MeshModelSource;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens by the passing of time alone: leases end, after a start the wait for workloads does,
 * and certificates grow old. Confined to the control thread.
 */
final class Ticks implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Ticks.class);

  private final WorkloadRegistry registry;
  private final Settling settling;
  private final MeshModelSource source;
  private final CertificateAuthority authority;

  Ticks(
      WorkloadRegistry registry,
      Settling settling,
      MeshModelSource source,
      CertificateAuthority authority) {
    this.registry = registry;
    this.settling = settling;
    this.source = source;
    this.authority = authority;
  }

  @Override
  public void run() {
    try {
      registry.expire();
      List<Workload> workloads = registry.workloads();
      if (!source.model().settled() && settling.isOver(workloads)) {
        // Clients are owed what was held back.
        source.refresh();
      }
      settling.remember(workloads);
      tick();
    } catch (RuntimeException e) {
      // An exception that leaves a scheduled task would end all that follow.
      log.error("ended leases are looked at again in a moment", e);
    }
  }

  private void tick() {
    try {
      authority.tick(registry.witnesses());
    } catch (IOException e) {
      log.error("what is due at the certificate authority waits: {}", e.getMessage());
    }
  }
}
