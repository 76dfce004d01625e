package io.endomesh.telemetry;

import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.Protocol;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The attributes of an observation's measurement: few values each, so that series stay few. */
final class SeriesAttributes {

  /**
   * Methods the HTTP conventions name; any other is {@link #OTHER}, or a client could make series.
   */
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private static final String OTHER = "_OTHER";

  private SeriesAttributes() {}

  static Attributes of(Observed observed) {
    AttributesBuilder attributes = Attributes.builder();
    if (observed instanceof ObservedAttempt attempt) {
      attempt(attempt, attributes);
    } else if (observed instanceof ObservedRequest request) {
      request(request, attributes);
    } else if (observed instanceof ObservedStatement statement) {
      statement(statement, attributes);
    }
    put(attributes, observed);
    return attributes.build();
  }

  /** The method itself if the conventions name it. */
  static String method(String method) {
    return METHODS.contains(method) ? method : OTHER;
  }

  /** {@code /package.Service/Method} as the RPC conventions write it, without the first slash. */
  static String rpcMethod(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }

  private static void attempt(ObservedAttempt attempt, AttributesBuilder attributes) {
    call(attempt, attempt.protocol, attempt.method, attempt.path, attributes);
    Authority authority = Authority.of(attempt.authority);
    attributes.put(Names.SERVER_ADDRESS, authority.host());
    if (authority.port() > 0) {
      attributes.put(Names.SERVER_PORT, (long) authority.port());
    }
    attributes.put(Names.DESTINATION, attempt.destination);
    if (attempt.cluster != null) {
      attributes.put(Names.CLUSTER, attempt.cluster).put(Names.TLS, attempt.tls);
    }
    if (attempt.number > 1) {
      attributes.put(Names.RETRY, true);
    }
    if (attempt.retried) {
      attributes.put(Names.RETRIED, true);
    }
    if (attempt.policy != null) {
      attributes.put(Names.POLICY, attempt.policy);
    }
  }

  private static void request(ObservedRequest request, AttributesBuilder attributes) {
    call(request, request.protocol, request.method, request.path, attributes);
    if (request.caller != null) {
      attributes.put(Names.CALLER, request.caller);
    }
    if (request.policy != null) {
      attributes.put(Names.POLICY, request.policy);
    }
    if (request.observation != null) {
      putIfThere(attributes, Names.DRY_RUN, request.observation.refusedBy());
      putIfThere(attributes, Names.AUDIT, request.observation.auditedBy());
      putIfThere(attributes, Names.UNANSWERED, request.observation.unansweredBy());
    }
  }

  private static void call(
      Observed observed,
      Protocol protocol,
      String method,
      String path,
      AttributesBuilder attributes) {
    if (protocol == Protocol.GRPC) {
      attributes.put(Names.RPC_SYSTEM, Names.GRPC).put(Names.RPC_METHOD, rpcMethod(path));
      String status = GrpcStatus.name(observed.grpcStatus);
      if (status != null) {
        attributes.put(Names.RPC_STATUS, status);
      }
      return;
    }
    attributes.put(Names.HTTP_METHOD, method(method));
    if (observed.status > 0) {
      attributes.put(Names.HTTP_STATUS, (long) observed.status);
    }
  }

  private static void statement(ObservedStatement observed, AttributesBuilder attributes) {
    Database database = observed.database;
    attributes.put(Names.DB_SYSTEM, database.system());
    putIfKnown(attributes, database.namespace(), observed.statement.collection());
    attributes.put(Names.DB_OPERATION, observed.statement.operation());
    attributes.put(Names.SERVER_ADDRESS, database.host());
    if (database.port() > 0) {
      attributes.put(Names.SERVER_PORT, (long) database.port());
    }
    if (database.service() != null) {
      attributes.put(Names.DESTINATION, database.service());
    }
    if (observed.sqlState != null) {
      attributes.put(Names.DB_STATUS, observed.sqlState);
    }
    if (observed.policy != null) {
      attributes.put(Names.POLICY, observed.policy);
    }
  }

  private static void putIfThere(
      AttributesBuilder attributes, AttributeKey<String> name, @Nullable String value) {
    if (value != null) {
      attributes.put(name, value);
    }
  }

  private static void putIfKnown(
      AttributesBuilder attributes, @Nullable String namespace, @Nullable String collection) {
    if (namespace != null) {
      attributes.put(Names.DB_NAMESPACE, namespace);
    }
    if (collection != null) {
      attributes.put(Names.DB_COLLECTION, collection);
    }
  }

  private static void put(AttributesBuilder attributes, Observed observed) {
    if (observed.errorType != null) {
      attributes.put(Names.ERROR_TYPE, observed.errorType);
    }
  }
}
