package io.endomesh.controller.ca;

import io.endomesh.dataplane.identity.SpiffeId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who a workload is: its service, in its namespace. Immutable. */
public record WorkloadIdentity(String namespace, String service) {

  /** A label of DNS (RFC 1123, section 2.1): what Kubernetes allows as the name of a service. */
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private static final Pattern SPIFFE = Pattern.compile("spiffe://([^/]+)/ns/([^/]+)/sa/([^/]+)");

  public WorkloadIdentity {
    if (!isName(namespace)) {
      throw new IllegalArgumentException(
          "namespace: '" + namespace + "' (expected: lower-case letters, digits and '-')");
    }
    if (!isName(service)) {
      throw new IllegalArgumentException(
          "service: '" + service + "' (expected: lower-case letters, digits and '-')");
    }
  }

  public static boolean isName(String name) {
    return LABEL.matcher(name).matches();
  }

  /** Null if {@code spiffeId} is not of {@code trustDomain}, or is not a workload's. */
  public static @Nullable WorkloadIdentity of(String trustDomain, @Nullable String spiffeId) {
    if (spiffeId == null) {
      return null;
    }
    Matcher matcher = SPIFFE.matcher(spiffeId);
    if (!matcher.matches()
        || !matcher.group(1).equals(trustDomain)
        || !isName(matcher.group(2))
        || !isName(matcher.group(3))) {
      return null;
    }
    return new WorkloadIdentity(matcher.group(2), matcher.group(3));
  }

  public String spiffeId(String trustDomain) {
    return SpiffeId.of(trustDomain, namespace, service);
  }

  /** As the console and the API name a service: {@code shop/orders}. */
  @Override
  public String toString() {
    return namespace + "/" + service;
  }
}
