package io.endomesh.controller.access;

import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.controller.CallerIdentity;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.controller.store.AuditEntry;
import io.grpc.Status;
import io.netty.util.AsciiString;
import io.netty.util.AttributeKey;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes each request that was refused, whoever refused it: by the status that went out, so that no
 * service can forget to say so. Thread-safe.
 */
final class Denials {

  private static final Logger log = LoggerFactory.getLogger(Denials.class);

  /** What the status does not tell. */
  record Why(String subject, String why) {}

  static final AttributeKey<Why> WHY = AttributeKey.valueOf(Denials.class, "WHY");

  private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");

  private static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");

  private static final Set<HttpStatus> REFUSED =
      Set.of(HttpStatus.UNAUTHORIZED, HttpStatus.FORBIDDEN, HttpStatus.TOO_MANY_REQUESTS);

  /** The last is an instance that another identity holds. */
  private static final Set<String> GRPC_REFUSED =
      Set.of(
          code(Status.Code.UNAUTHENTICATED),
          code(Status.Code.PERMISSION_DENIED),
          code(Status.Code.ALREADY_EXISTS));

  private final AuditLog audit;
  private final String trustDomain;

  Denials(AuditLog audit, String trustDomain) {
    this.audit = audit;
    this.trustDomain = trustDomain;
  }

  /** To be called once for each request, at its begin. */
  void watch(ServiceRequestContext context) {
    context
        .log()
        .whenComplete()
        .thenAccept(request -> note(context, request))
        .exceptionally(
            e -> {
              log.error("{}: a denial may be missing in the audit log", context.path(), e);
              return null;
            });
  }

  private void note(ServiceRequestContext context, RequestLog request) {
    ResponseHeaders headers = request.responseHeaders();
    String message = grpcRefusal(headers, request.responseTrailers());
    Why why = context.attr(WHY);
    if (message == null && !REFUSED.contains(headers.status())) {
      return;
    }
    audit.note(
        AuditEntry.denied(
            Access.actor(context, name(context)),
            context.method() + " " + context.config().route().patternString(),
            why == null || why.subject().isEmpty() ? context.path() : why.subject(),
            why == null
                ? String.valueOf(message == null ? headers.status() : message)
                : why.why()));
  }

  private String name(ServiceRequestContext context) {
    WorkloadIdentity workload = CallerIdentity.of(context, trustDomain);
    return workload == null ? Access.caller(context).name() : workload.spiffeId(trustDomain);
  }

  /** The sentence of a gRPC answer that refuses; null if it is none. */
  private static @Nullable String grpcRefusal(ResponseHeaders headers, HttpHeaders trailers) {
    HttpHeaders status = trailers.contains(GRPC_STATUS) ? trailers : headers;
    if (!GRPC_REFUSED.contains(status.get(GRPC_STATUS, ""))) {
      return null;
    }
    // Percent-encoded UTF-8 (gRPC over HTTP/2, "Status-Message"), in which a plus is a plus.
    return URLDecoder.decode(
        status.get(GRPC_MESSAGE, "").replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String code(Status.Code code) {
    return String.valueOf(code.value());
  }
}
