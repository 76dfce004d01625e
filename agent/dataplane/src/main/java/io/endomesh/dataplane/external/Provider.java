package io.endomesh.dataplane.external;

import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.route.StringMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who decides about requests, and how it is asked (Envoy {@code
 * extensions.filters.http.ext_authz.v3.ExtAuthz}). Immutable.
 *
 * @param name {@code ExtAuthzProvider/endomesh-system/opa}
 * @param server that is asked
 * @param timeoutNanos how long a request waits for the answer
 * @param failOpen if a request runs for which there is none ({@code failure_mode_allow})
 * @param statusOnError HTTP status of the refusal otherwise ({@code status_on_error})
 * @param headers of the request that are sent ({@code allowed_headers}); null for all
 */
public record Provider(
    String name,
    GlobalPolicy.Server server,
    long timeoutNanos,
    boolean failOpen,
    int statusOnError,
    @Nullable List<StringMatch> headers) {

  /** Envoy's, of a {@code grpc_service} without a timeout. */
  public static final long DEFAULT_TIMEOUT_NANOS = 200_000_000;

  /** Envoy's, of {@code status_on_error}. */
  public static final int DEFAULT_STATUS_ON_ERROR = 403;

  public Provider {
    headers = headers == null ? null : List.copyOf(headers);
  }

  boolean isSent(String header) {
    if (headers == null) {
      return true;
    }
    for (StringMatch match : headers) {
      if (match.matches(header)) {
        return true;
      }
    }
    return false;
  }
}
