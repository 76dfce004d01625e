package io.endomesh.controller.authz;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.kinds.PeerAuthentication.Mode;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadRegistry;
import io.endomesh.controller.telemetry.GraphNodes;
import io.endomesh.controller.telemetry.PlainCallers;
import io.endomesh.controller.telemetry.Plaintext;
import io.endomesh.controller.telemetry.TelemetryPart;
import io.endomesh.controller.translate.MeshService;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who calls services in plaintext, and so would be cut off by STRICT, as JSON. Thread-safe. */
final class PlaintextCalls {

  private final TelemetryPart telemetry;
  private final WorkloadRegistry workloads;

  PlaintextCalls(TelemetryPart telemetry, WorkloadRegistry workloads) {
    this.telemetry = telemetry;
    this.workloads = workloads;
  }

  /** As they were counted at one moment, for several services. */
  List<Plaintext> now() {
    return telemetry.rollups().plaintext();
  }

  /**
   * Those who would be cut off. A caller with an agent follows the mode of what it calls: if that
   * says DISABLE it is in plaintext for this reason alone.
   *
   * @param since earlier ones are over
   */
  void put(List<Plaintext> seen, MeshService service, Mode mode, Instant since, ArrayNode list) {
    String id = service.key().namespace() + "/" + service.key().name();
    for (Plaintext calls : seen) {
      boolean outside = calls.source().equals(GraphNodes.OUTSIDE);
      if (calls.destination().equals(id)
          && !calls.lastAt().isBefore(since)
          && (outside || mode != Mode.DISABLE)) {
        ObjectNode json =
            list.addObject()
                .put("sourceId", calls.source())
                .put("destinationId", id)
                .put("protocol", calls.protocol())
                .put("requestsTotal", calls.total())
                .put("requestsPerSecond", Math.round(calls.perSecond() * 1_000) / 1_000.0)
                .put("lastAt", text(calls.lastAt()));
        ArrayNode callers = json.putArray("callers");
        if (outside) {
          addresses(id, since, callers);
        }
      }
    }
  }

  private void addresses(String id, Instant since, ArrayNode list) {
    for (PlainCallers.Caller caller : telemetry.plainCallers().of(id)) {
      if (!caller.lastAt().isBefore(since)) {
        list.addObject()
            .put("address", caller.address())
            .put("instance", instance(caller.address()))
            .put("operation", caller.operation())
            .put("traced", caller.traced())
            .put("lastAt", text(caller.lastAt()));
      }
    }
  }

  /**
   * The workload that lives there, as {@code shop/orders-1}: one whose call was not made by the
   * mesh. Null if none does, or several do, as on one machine.
   */
  private @Nullable String instance(String address) {
    String found = null;
    for (Workload workload : workloads.workloads()) {
      if (workload.address().equals(address)) {
        if (found != null) {
          return null;
        }
        found = workload.namespace() + "/" + workload.instance();
      }
    }
    return found;
  }

  static String text(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
