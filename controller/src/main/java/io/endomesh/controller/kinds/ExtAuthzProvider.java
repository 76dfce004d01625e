package io.endomesh.controller.kinds;

import io.endomesh.dataplane.external.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An ExtAuthzProvider, endomesh.io/v1: who decides about the requests that AuthorizationPolicies of
 * action CUSTOM match. Istio has the same in its MeshConfig ({@code
 * extensionProviders.envoyExtAuthzGrpc}), with these names. Immutable.
 *
 * @param service in lower case: a service of the mesh, or a host of a ServiceEntry
 * @param timeoutNanos how long a request waits for the answer
 * @param failOpen if a request without an answer runs
 * @param statusOnError of the refusal otherwise
 * @param headers exact names, prefixes or suffixes of those that are sent; null for all
 */
public record ExtAuthzProvider(
    Metadata metadata,
    String service,
    int port,
    long timeoutNanos,
    boolean failOpen,
    int statusOnError,
    @Nullable List<String> headers)
    implements MeshResource {

  private static final int MAX_PORT = 65_535;

  /** A thread of the server waits: more is an outage already. */
  private static final long MAX_TIMEOUT_NANOS = 1_000_000_000;

  private static final long MIN_TIMEOUT_NANOS = 1_000_000;

  /** RFC 9110, 15.5 and 15.6. */
  private static final Pattern ERROR = Pattern.compile("[45][0-9][0-9]");

  /** A field name of RFC 9110, 5.1, or one of HTTP/2's own, with a {@code *} at one end. */
  private static final Pattern HEADER =
      Pattern.compile("\\*|(:?[a-z0-9_-]+)\\*?|\\*[a-z0-9_-]+", Pattern.CASE_INSENSITIVE);

  public ExtAuthzProvider {
    headers = headers == null ? null : List.copyOf(headers);
  }

  static ExtAuthzProvider read(Metadata metadata, Fields spec) {
    spec.unsupported(
        "includeRequestBodyInCheck",
        "includeAdditionalHeadersInCheck",
        "clearRouteCache",
        "pathPrefix",
        "headersToUpstreamOnAllow",
        "headersToDownstreamOnAllow",
        "headersToDownstreamOnDeny");
    String service = spec.string("service").toLowerCase(Locale.ROOT);
    if (!HostNames.isName(service)) {
      throw spec.invalid(
          "service", "'" + service + "' (expected: a service, or a host of a ServiceEntry)");
    }
    return new ExtAuthzProvider(
        metadata,
        service,
        spec.integer("port", 1, MAX_PORT),
        timeout(spec),
        spec.bool("failOpen", false),
        statusOnError(spec),
        headers(spec));
  }

  private static long timeout(Fields spec) {
    Long timeout = spec.durationNanos("timeout");
    if (timeout != null && (timeout < MIN_TIMEOUT_NANOS || timeout > MAX_TIMEOUT_NANOS)) {
      throw spec.invalid(
          "timeout",
          "'" + spec.string("timeout") + "' (expected: 1ms to 1s; a request waits that long)");
    }
    return timeout == null ? Provider.DEFAULT_TIMEOUT_NANOS : timeout;
  }

  /** A string in Istio; a number says the same. */
  private static int statusOnError(Fields spec) {
    if (!spec.has("statusOnError")) {
      return Provider.DEFAULT_STATUS_ON_ERROR;
    }
    if (!spec.isText("statusOnError")) {
      return spec.integer("statusOnError", 400, 599);
    }
    String status = spec.string("statusOnError");
    if (!ERROR.matcher(status).matches()) {
      throw spec.invalid("statusOnError", "'" + status + "' (expected: 400 to 599)");
    }
    return Integer.parseInt(status);
  }

  private static @Nullable List<String> headers(Fields spec) {
    if (!spec.has("includeRequestHeadersInCheck")) {
      return null;
    }
    List<String> headers = new ArrayList<>();
    for (String header : spec.strings("includeRequestHeadersInCheck")) {
      if (!HEADER.matcher(header).matches()) {
        throw spec.invalid(
            "includeRequestHeadersInCheck[" + headers.size() + "]",
            "'" + header + "' (expected: a name, PREFIX*, *SUFFIX or *)");
      }
      headers.add(header.toLowerCase(Locale.ROOT));
    }
    return headers;
  }
}
