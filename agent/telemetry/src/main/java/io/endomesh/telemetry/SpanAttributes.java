package io.endomesh.telemetry;

import io.endomesh.dataplane.Protocol;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Name and attributes of an observation's span: those of its measurement, and what is particular to
 * this one call. Queries of URLs and values of statements are left out, they may be secrets.
 */
final class SpanAttributes {

  private static final int HTTPS_PORT = 443;

  private SpanAttributes() {}

  static String name(Observed observed) {
    if (observed instanceof ObservedAttempt attempt) {
      return name(attempt.protocol, attempt.method, attempt.path);
    }
    if (observed instanceof ObservedRequest request) {
      return name(request.protocol, request.method, request.path);
    }
    return ((ObservedStatement) observed).statement.summary();
  }

  static Attributes of(Observed observed) {
    AttributesBuilder attributes = SeriesAttributes.of(observed).toBuilder();
    if (observed instanceof ObservedAttempt attempt) {
      attempt(attempt, attributes);
    } else if (observed instanceof ObservedRequest request) {
      request(request, attributes);
    } else if (observed instanceof ObservedStatement statement) {
      statement(statement, attributes);
    }
    return attributes.build();
  }

  /** {@code GET}, as the conventions name a request whose route they do not know. */
  private static String name(Protocol protocol, String method, String path) {
    if (protocol == Protocol.GRPC) {
      return SeriesAttributes.rpcMethod(path);
    }
    return SeriesAttributes.method(method).equals(method) ? method : "HTTP";
  }

  private static void attempt(ObservedAttempt attempt, AttributesBuilder attributes) {
    if (attempt.protocol == Protocol.HTTP) {
      // As the application sees it: TLS of the mesh is below.
      String scheme = Authority.of(attempt.authority).port() == HTTPS_PORT ? "https" : "http";
      attributes.put(Names.URL_FULL, scheme + "://" + attempt.authority + attempt.path);
      method(attempt.method, attributes);
      if (attempt.number > 1) {
        attributes.put(Names.HTTP_RESEND_COUNT, (long) attempt.number - 1);
      }
    }
    if (attempt.superseded) {
      attributes.put(Names.SUPERSEDED, true);
    }
    if (attempt.route != null) {
      attributes.put(Names.ROUTE, attempt.route);
    }
    peer(attempt.peer, attributes);
  }

  private static void request(ObservedRequest request, AttributesBuilder attributes) {
    if (request.protocol == Protocol.HTTP) {
      attributes.put(Names.URL_PATH, request.path);
      attributes.put(Names.URL_SCHEME, request.caller == null ? "http" : "https");
      method(request.method, attributes);
    }
    Authority authority = Authority.of(request.authority);
    attributes.put(Names.SERVER_ADDRESS, authority.host());
    attributes.put(Names.SERVER_PORT, (long) request.localPort);
    if (request.remoteAddress != null) {
      attributes
          .put(Names.CLIENT_ADDRESS, request.remoteAddress)
          .put(Names.PEER_ADDRESS, request.remoteAddress);
    }
  }

  private static void statement(ObservedStatement observed, AttributesBuilder attributes) {
    attributes.put(Names.DB_SUMMARY, observed.statement.summary());
    if (observed.statement.text() != null) {
      attributes.put(Names.DB_TEXT, observed.statement.text());
    }
    if (observed.batchSize != 1) {
      attributes.put(Names.DB_BATCH_SIZE, (long) observed.batchSize);
    }
    peer(observed.database.peer(), attributes);
  }

  private static void method(String method, AttributesBuilder attributes) {
    if (!SeriesAttributes.method(method).equals(method)) {
      attributes.put(Names.HTTP_METHOD_ORIGINAL, method);
    }
  }

  private static void peer(@Nullable InetSocketAddress peer, AttributesBuilder attributes) {
    if (peer != null) {
      attributes.put(Names.PEER_ADDRESS, peer.getHostString());
      attributes.put(Names.PEER_PORT, (long) peer.getPort());
    }
  }
}
