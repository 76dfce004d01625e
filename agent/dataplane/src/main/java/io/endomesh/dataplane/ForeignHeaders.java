package io.endomesh.dataplane;

import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.identity.SpiffeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Headers by which a proxy tells who called it, where the caller is no proxy: whoever proves no
 * identity of this mesh can write what it likes into them. They are taken out before policies and
 * the application see them. Immutable.
 *
 * @param proxies addresses that are believed without an identity; null if nobody said which: then
 *     what an ingress writes may be, and only {@link #CERTIFICATE} is taken out
 */
public record ForeignHeaders(@Nullable List<AddressRange> proxies) {

  /** Nobody said which addresses proxies have. */
  public static final ForeignHeaders DEFAULT = new ForeignHeaders(null);

  /** A certificate that was verified elsewhere, as Envoy and Istio write it. */
  private static final String CERTIFICATE = "x-forwarded-client-cert";

  /** RFC 7239, what was there before it, and what Envoy tells those behind it. */
  private static final List<String> FORWARDED =
      List.of(
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-port",
          "x-forwarded-prefix",
          "x-forwarded-proto",
          "x-forwarded-server",
          "x-forwarded-ssl",
          "x-real-ip",
          "x-envoy-attempt-count",
          "x-envoy-expected-rq-timeout-ms",
          "x-envoy-external-address",
          "x-envoy-internal",
          "x-envoy-original-path",
          "x-envoy-peer-metadata",
          "x-envoy-peer-metadata-id");

  public ForeignHeaders {
    proxies = proxies == null ? null : List.copyOf(proxies);
  }

  /**
   * @param caller SPIFFE id, null if none was proved
   * @param own SPIFFE id of this workload, null if it has none
   */
  void takeOut(InboundRequest request, @Nullable String caller, @Nullable String own) {
    if (caller != null && own != null && SpiffeId.sameDomain(caller, own)) {
      return;
    }
    List<AddressRange> known = proxies;
    if (known == null) {
      takeOut(request, CERTIFICATE);
    } else if (!isOneOf(known, request.remoteAddress())) {
      takeOut(request, CERTIFICATE);
      for (int i = 0; i < FORWARDED.size(); i++) {
        takeOut(request, FORWARDED.get(i));
      }
    }
  }

  private static boolean isOneOf(List<AddressRange> ranges, @Nullable String address) {
    for (int i = 0; i < ranges.size(); i++) {
      if (ranges.get(i).contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** Most requests have none of them, and to change one costs some servers a copy. */
  private static void takeOut(InboundRequest request, String name) {
    if (request.header(name) != null) {
      request.removeHeader(name);
    }
  }
}
