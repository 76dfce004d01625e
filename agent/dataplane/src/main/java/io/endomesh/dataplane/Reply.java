package io.endomesh.dataplane;

import io.endomesh.dataplane.route.HeaderChanges;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer the mesh gives itself: a refusal, a redirect, or no endpoint to go to. Immutable.
 *
 * @param status HTTP status; for gRPC see {@link #grpcStatus}
 * @param grpcStatus gRPC status code number (google.rpc.Code)
 * @param message one sentence for the caller's developer, no secret; or the body of a direct
 *     response, as it was configured
 * @param decidedBy resource that decided, {@code Kind/namespace/name}, or the stage if none did
 * @param headers besides {@link #DECIDED_BY_HEADER}, names in lower case
 */
public record Reply(
    int status, int grpcStatus, String message, String decidedBy, List<Header> headers)
    implements Decision {

  /**
   * Header of an answer the mesh gave itself; its value is {@link #decidedBy}. It tells a developer
   * that the application was not asked, as {@code x-envoy-*} headers do. What leaves this JVM in it
   * is what its reader may know ({@link InboundCall#refusal}).
   */
  public static final String DECIDED_BY_HEADER = "x-endomesh-decided-by";

  /** Of the body of an HTTP answer; no header that is added. */
  public static final String CONTENT_TYPE = "content-type";

  /** The stages that decide if there is nowhere to send a call to at the moment. */
  static final String BY_ENDPOINT = "endpoint";

  static final String BY_IDENTITY = "identity";

  /** gRPC status codes that the mesh itself answers with (google.rpc.Code). */
  public static final int GRPC_UNKNOWN = 2;

  public static final int GRPC_DEADLINE_EXCEEDED = 4;
  public static final int GRPC_PERMISSION_DENIED = 7;
  public static final int GRPC_RESOURCE_EXHAUSTED = 8;
  public static final int GRPC_UNIMPLEMENTED = 12;
  public static final int GRPC_INTERNAL = 13;
  public static final int GRPC_UNAVAILABLE = 14;
  public static final int GRPC_UNAUTHENTICATED = 16;

  /** One header of the answer; the name in lower case. */
  public record Header(String name, String value) {}

  public Reply {
    headers = List.copyOf(headers);
  }

  public Reply(int status, int grpcStatus, String message, String decidedBy) {
    this(status, grpcStatus, message, decidedBy, List.of());
  }

  public static Reply forbidden(String message, String decidedBy) {
    return new Reply(403, GRPC_PERMISSION_DENIED, message, decidedBy);
  }

  /** 429 (RFC 6585, section 4). */
  public static Reply tooMany(String message, String decidedBy, List<Header> headers) {
    return new Reply(429, GRPC_RESOURCE_EXHAUSTED, message, decidedBy, headers);
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

  /** False for answers that are none of an error, such as a redirect. */
  public boolean refuses() {
    return status >= FIRST_ERROR;
  }

  /** RFC 9110, 15: 4xx and 5xx. */
  private static final int FIRST_ERROR = 400;

  /**
   * True if there is nowhere to send the call to at the moment: no endpoint, or no certificate. A
   * call that may wait can be tried again later.
   */
  public boolean mayPass() {
    return decidedBy.equals(BY_ENDPOINT) || decidedBy.equals(BY_IDENTITY);
  }

  /**
   * An answer of which only the HTTP status is configured; a gRPC client gets the status that its
   * own specification gives to it ({@code doc/http-grpc-status-mapping.md} of gRPC).
   */
  public static Reply ofStatus(int status, String message, String decidedBy, List<Header> headers) {
    return new Reply(status, grpcStatusOf(status), message, decidedBy, headers);
  }

  /** Says in the head of a server's HTTP answer who decided it, and all it has to say besides. */
  public void describe(Headers head) {
    head.addHeader(DECIDED_BY_HEADER, decidedBy);
    for (Header header : headers) {
      if (!header.name().equals(CONTENT_TYPE)) {
        head.addHeader(header.name(), header.value());
      }
    }
  }

  /** Of {@link #line}: plain text, unless whoever decided says otherwise. */
  public String contentType() {
    for (Header header : headers) {
      if (header.name().equals(CONTENT_TYPE)) {
        return header.value();
      }
    }
    return "text/plain";
  }

  /** The body of a server's HTTP answer: a line of plain text, or nothing. */
  public byte[] line() {
    return message.isEmpty() ? new byte[0] : (message + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** The answer with the changes that a route makes to the headers of its responses. */
  Reply with(HeaderChanges changes) {
    if (changes.isEmpty()) {
      return this;
    }
    List<HeaderChanges.Header> own = new ArrayList<>();
    headers.forEach(header -> own.add(new HeaderChanges.Header(header.name(), header.value())));
    HeaderChanges all = new HeaderChanges(List.of(), own, List.of()).then(changes);
    List<Header> changed = new ArrayList<>();
    all.set().forEach(header -> changed.add(new Header(header.name(), header.value())));
    all.add().forEach(header -> changed.add(new Header(header.name(), header.value())));
    return new Reply(status, grpcStatus, message, decidedBy, changed);
  }

  static int grpcStatusOf(int status) {
    return switch (status) {
      case 400 -> GRPC_INTERNAL;
      case 401 -> GRPC_UNAUTHENTICATED;
      case 403 -> GRPC_PERMISSION_DENIED;
      case 404 -> GRPC_UNIMPLEMENTED;
      case 429, 502, 503, 504 -> GRPC_UNAVAILABLE;
      default -> GRPC_UNKNOWN;
    };
  }
}
