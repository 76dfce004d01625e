package io.endomesh.controller.limit;

import com.linecorp.armeria.server.ServerBuilder;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.translate.MeshModel;
import java.util.function.LongSupplier;

/** Serves the rate limit service on the controller's port. */
public final class LimitPart implements ControllerPart {

  /** A descriptor holds values of headers, of which servers take 8 kB in all. */
  private static final int MAX_REQUEST_BYTES = 256 << 10;

  private final LimitCounts counts;
  private final String trustDomain;

  public LimitPart(String trustDomain, LongSupplier nanoTime) {
    this.counts = new LimitCounts(nanoTime);
    this.trustDomain = trustDomain;
  }

  /** Counts by the policies of this model from now on. To be called by one thread at a time. */
  public void publish(MeshModel model) {
    counts.update(model);
  }

  @Override
  public void addTo(ServerBuilder server) {
    // On the event loop: an answer is a few steps in memory, and somebody waits for it.
    server.service(
        ControllerPart.grpc()
            .addService(new RateLimitService(counts, trustDomain))
            .maxRequestMessageLength(MAX_REQUEST_BYTES)
            .build());
  }
}
