package io.endomesh.instrumentation.grpc.core;

import static io.grpc.ConnectivityState.CONNECTING;
import static io.grpc.ConnectivityState.IDLE;
import static io.grpc.ConnectivityState.READY;
import static io.grpc.ConnectivityState.TRANSIENT_FAILURE;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Status;
import io.grpc.SynchronizationContext;

/**
 * One connection of a channel to one destination. Its state is written in the channel's context.
 */
final class Connection {

  /**
   * How long a failed connection answers for its endpoint before the next is tried: as long as the
   * data plane avoids the endpoint.
   */
  private static final long RETRY_AFTER_NANOS = 1_000_000_000;

  private final MeshBalancer balancer;
  private final SynchronizationContext context;
  private final Subchannel subchannel;
  private volatile State state = new State(CONNECTING, Status.OK, System.nanoTime());

  /** One value, so that a pick sees the state and its time together. */
  private record State(ConnectivityState name, Status status, long sinceNanos) {}

  Connection(MeshBalancer balancer, SynchronizationContext context, Subchannel subchannel) {
    this.balancer = balancer;
    this.context = context;
    this.subchannel = subchannel;
  }

  void start() {
    subchannel.start(this::changed);
    subchannel.requestConnection();
  }

  void shutdown() {
    subchannel.shutdown();
  }

  boolean connecting() {
    return state.name == CONNECTING;
  }

  /** True if this failed so long ago that it is time to try anew. */
  boolean retryDue() {
    State now = state;
    return now.name == TRANSIENT_FAILURE && System.nanoTime() - now.sinceNanos >= RETRY_AFTER_NANOS;
  }

  PickResult pick() {
    State now = state;
    if (now.name == READY) {
      return PickResult.withSubchannel(subchannel);
    }
    if (now.name == TRANSIENT_FAILURE) {
      // A drop, not an error: also a call that waits for ready must come back to the interceptor,
      // which knows other endpoints.
      return PickResult.withDrop(now.status);
    }
    if (now.name == IDLE) {
      context.execute(subchannel::requestConnection);
    }
    return PickResult.withNoResult();
  }

  private void changed(ConnectivityStateInfo next) {
    state = new State(next.getState(), next.getStatus(), System.nanoTime());
    if (next.getState() == TRANSIENT_FAILURE || next.getState() == IDLE) {
      balancer.lost();
    }
    balancer.publish();
  }
}
