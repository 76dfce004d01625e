package io.endomesh.controller.translate;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose view of the mesh it is. Immutable.
 *
 * @param namespace in which short names are resolved, and whose consumer routes apply
 * @param labels of the workload, for policies that select it
 * @param dialect what its xDS client understands
 * @param reader to whom it is told
 */
public record Scope(String namespace, Map<String, String> labels, Dialect dialect, Reader reader) {

  /**
   * Who reads.
   *
   * @param everything true for the controller itself, which explains calls of others
   * @param identity SPIFFE id that was proved; null if none was
   */
  public record Reader(boolean everything, @Nullable String identity) {

    static final Reader CONTROLLER = new Reader(true, null);

    /** A client of xDS. */
    public static Reader proving(@Nullable String identity) {
      return new Reader(false, identity);
    }
  }

  /** As the controller itself sees it. */
  public Scope(String namespace, Map<String, String> labels, Dialect dialect) {
    this(namespace, labels, dialect, Reader.CONTROLLER);
  }

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
