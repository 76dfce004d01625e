package io.endomesh.xds.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.route.Fault;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** HTTPFault to {@link Fault}. Stateless. */
final class FaultTranslator {

  /** The HTTP status that Envoy gives to an abort by gRPC status: gRPC's own is in its trailers. */
  private static final int GRPC_HTTP_STATUS = 200;

  /** The last code of google.rpc.Code, UNAUTHENTICATED. */
  private static final int MAX_GRPC_STATUS = 16;

  private static final int DERIVED = -1;

  private FaultTranslator() {}

  /** Null if it does nothing. */
  static @Nullable Fault translate(String field, HTTPFault message) throws InvalidResource {
    Messages.unsupported(field + ".upstream_cluster", !message.getUpstreamCluster().isEmpty());
    Messages.unsupported(field + ".headers", message.getHeadersCount() > 0);
    Messages.unsupported(field + ".downstream_nodes", message.getDownstreamNodesCount() > 0);
    Messages.unsupported(field + ".max_active_faults", message.hasMaxActiveFaults());
    Messages.unsupported(field + ".response_rate_limit", message.hasResponseRateLimit());
    Fault.Delay delay = message.hasDelay() ? delay(field + ".delay", message.getDelay()) : null;
    Fault.Abort abort = message.hasAbort() ? abort(field + ".abort", message.getAbort()) : null;
    return delay == null && abort == null ? null : new Fault(delay, abort);
  }

  /**
   * When faults end, which HTTPFault has no field for: in the metadata of their route.
   *
   * @return milliseconds since the epoch
   */
  static long until(String field, Route route) throws InvalidResource {
    Value until = metadata(route, "faults_until");
    if (!until.hasStringValue()) {
      return Fault.FOREVER;
    }
    try {
      return Instant.parse(until.getStringValue()).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw new InvalidResource(
          field
              + ".metadata.endomesh.faults_until: '"
              + until.getStringValue()
              + "' (expected: a time of UTC, RFC 3339)");
    }
  }

  /** Whose faults they are, if not the route's own; beside their end. */
  static @Nullable String by(Route route) {
    Value by = metadata(route, "faults_by");
    return by.hasStringValue() ? by.getStringValue() : null;
  }

  private static Value metadata(Route route, String name) {
    return route
        .getMetadata()
        .getFilterMetadataOrDefault("endomesh", Struct.getDefaultInstance())
        .getFieldsOrDefault(name, Value.getDefaultInstance());
  }

  private static Fault.Delay delay(String field, FaultDelay message) throws InvalidResource {
    if (!message.hasFixedDelay()) {
      throw new InvalidResource(
          field + ": " + message.getFaultDelaySecifierCase() + " (expected: fixed_delay)");
    }
    return new Fault.Delay(
        Numbers.share(field + ".percentage", message.getPercentage()),
        Messages.positiveNanos(field + ".fixed_delay", message.getFixedDelay()));
  }

  private static Fault.Abort abort(String field, FaultAbort message) throws InvalidResource {
    var share = Numbers.share(field + ".percentage", message.getPercentage());
    return switch (message.getErrorTypeCase()) {
      case HTTP_STATUS ->
          new Fault.Abort(
              share,
              Numbers.within(
                  field + ".http_status",
                  Integer.toUnsignedLong(message.getHttpStatus()),
                  200,
                  599),
              DERIVED);
      case GRPC_STATUS ->
          new Fault.Abort(
              share,
              GRPC_HTTP_STATUS,
              Numbers.within(
                  field + ".grpc_status",
                  Integer.toUnsignedLong(message.getGrpcStatus()),
                  0,
                  MAX_GRPC_STATUS));
      default ->
          throw new InvalidResource(
              field
                  + ": "
                  + message.getErrorTypeCase()
                  + " (expected: http_status or grpc_status)");
    };
  }
}
