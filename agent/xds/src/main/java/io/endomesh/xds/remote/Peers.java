package io.endomesh.xds.remote;

import io.endomesh.xds.http2.Http2Connection;
import org.jspecify.annotations.Nullable;

/** Whom questions to one server are put to. Thread-safe. */
interface Peers {

  /** For one question; null if there is nobody to ask now. */
  @Nullable Peer next();

  /** Why there is nobody to ask, as it stands in sentences; null if that is not worth one yet. */
  @Nullable String why();

  /** Who is asked one question. Used by the thread that asks. */
  interface Peer {

    Http2Connection connection();

    /**
     * What came of it; not called if the question was given up.
     *
     * @param grpcStatus {@code google.rpc.Code}
     */
    void outcome(int grpcStatus, long durationNanos);

    /** The question is in flight no longer. */
    void end();
  }
}
