package io.endomesh.dataplane;

/**
 * An answer the mesh gives itself: a refusal, or no endpoint to go to. Immutable.
 *
 * @param status HTTP status; for gRPC see {@link #grpcStatus}
 * @param grpcStatus gRPC status code number (google.rpc.Code)
 * @param message one sentence for the caller's developer; no secret
 * @param decidedBy resource that decided, {@code Kind/namespace/name}, or the stage if none did
 */
public record Reply(int status, int grpcStatus, String message, String decidedBy)
    implements Decision {

  /**
   * Header of an answer the mesh gave itself; its value is {@link #decidedBy}. It tells a developer
   * that the application was not asked, as {@code x-envoy-*} headers do.
   */
  public static final String DECIDED_BY_HEADER = "x-endomesh-decided-by";

  /** gRPC status codes that the mesh itself answers with (google.rpc.Code). */
  public static final int GRPC_DEADLINE_EXCEEDED = 4;

  public static final int GRPC_PERMISSION_DENIED = 7;
  public static final int GRPC_UNAVAILABLE = 14;
  public static final int GRPC_UNIMPLEMENTED = 12;

  public static Reply forbidden(String message, String decidedBy) {
    return new Reply(403, GRPC_PERMISSION_DENIED, message, decidedBy);
  }

  public static Reply unavailable(String message, String decidedBy) {
    return new Reply(503, GRPC_UNAVAILABLE, message, decidedBy);
  }

  /** A service has routes but none matches: 404, as Gateway API asks (GEP-1324). */
  public static Reply noRoute(String message, String decidedBy) {
    return new Reply(404, GRPC_UNIMPLEMENTED, message, decidedBy);
  }

  public static Reply timeout(String message, String decidedBy) {
    return new Reply(504, GRPC_DEADLINE_EXCEEDED, message, decidedBy);
  }
}
