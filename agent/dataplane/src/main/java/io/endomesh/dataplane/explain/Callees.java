package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.cluster.Endpoint;
import org.jspecify.annotations.Nullable;

/** Who is at an endpoint. */
@FunctionalInterface
public interface Callees {

  /** Nobody is known: what the callee's side would do is left open. */
  Callees UNKNOWN = endpoint -> null;

  /** Null if it is no workload of the mesh. */
  @Nullable Callee at(Endpoint endpoint);
}
