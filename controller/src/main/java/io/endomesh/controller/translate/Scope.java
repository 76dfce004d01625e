package io.endomesh.controller.translate;

import java.util.Map;

/**
 * Whose view of the mesh it is. Immutable.
 *
 * @param namespace in which short names are resolved, and whose consumer routes apply
 * @param labels of the workload, for policies that select it
 * @param dialect what its xDS client understands
 */
public record Scope(String namespace, Map<String, String> labels, Dialect dialect) {

  /** What an xDS client understands. */
  public enum Dialect {
    /** All that is served. */
    AGENT,
    /**
     * gRPC's own clients reject matchers and TLS settings they cannot obey (gRFC A28, A29): they
     * get what they understand, and speak plaintext.
     */
    GRPC
  }

  public Scope {
    labels = Map.copyOf(labels);
  }
}
