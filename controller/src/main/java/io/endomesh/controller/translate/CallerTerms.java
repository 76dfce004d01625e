package io.endomesh.controller.translate;

import com.google.protobuf.UInt32Value;
import com.google.re2j.Pattern;
import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.identity.SpiffeId;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.Collection;

/** Who calls, as principals of Envoy's RBAC. Immutable. */
final class CallerTerms {

  private static final String SCHEME = "spiffe://";

  private final String trustDomain;

  CallerTerms(String trustDomain) {
    this.trustDomain = trustDomain;
  }

  /** {@code endomesh.local/ns/shop/sa/orders}, as Istio writes it; with {@code spiffe://} too. */
  Principal principal(String value) {
    if (value.equals("*")) {
      return named(prefix(SCHEME));
    }
    if (value.startsWith("*")) {
      return named(StringMatcher.newBuilder().setSuffix(value.substring(1)).build());
    }
    String full = value.startsWith(SCHEME) ? value : SCHEME + value;
    return named(full.endsWith("*") ? prefix(head(full)) : exact(full));
  }

  /** Any caller of one of these, of this trust domain. */
  Principal namespaces(Collection<String> names) {
    return RbacTerms.anyOf(names.stream().map(this::namespace).toList());
  }

  Principal namespace(String value) {
    String ids = SCHEME + trustDomain + "/ns/";
    if (value.startsWith("*") && value.length() > 1) {
      return named(ending(ids, value.substring(1)));
    }
    return named(prefix(ids + (value.endsWith("*") ? head(value) : value + "/")));
  }

  /**
   * {@code orders}, or {@code shop/orders} of another namespace.
   *
   * @param namespace of the policy
   */
  Principal account(String namespace, String value) {
    int slash = value.indexOf('/');
    return named(
        exact(
            slash < 0
                ? SpiffeId.of(trustDomain, namespace, value)
                : SpiffeId.of(trustDomain, value.substring(0, slash), value.substring(slash + 1))));
  }

  /** Any workload of one of these services. */
  Principal identities(Collection<ServiceKey> services) {
    return services.isEmpty()
        ? RbacTerms.not(RbacTerms.ANY_PRINCIPAL)
        : RbacTerms.anyOf(
            services.stream()
                .map(
                    service ->
                        named(exact(SpiffeId.of(trustDomain, service.namespace(), service.name()))))
                .toList());
  }

  static Principal trustDomain(String value) {
    if (value.startsWith("*") && value.length() > 1) {
      return named(ending(SCHEME, value.substring(1)));
    }
    return named(prefix(SCHEME + (value.endsWith("*") ? head(value) : value + "/")));
  }

  /** The address that the connection comes from. */
  static Principal address(String range) {
    return Principal.newBuilder().setDirectRemoteIp(range(range)).build();
  }

  /** The address before the proxies that are believed. */
  static Principal origin(String range) {
    return Principal.newBuilder().setRemoteIp(range(range)).build();
  }

  private static CidrRange range(String range) {
    int slash = range.indexOf('/');
    return CidrRange.newBuilder()
        .setAddressPrefix(slash < 0 ? range : range.substring(0, slash))
        .setPrefixLen(UInt32Value.of(AddressRange.parse(range).prefixBits()))
        .build();
  }

  private static Principal named(StringMatcher identity) {
    return Principal.newBuilder()
        .setAuthenticated(Principal.Authenticated.newBuilder().setPrincipalName(identity))
        .build();
  }

  /** A part of an identity, up to a slash, that ends so. */
  private static StringMatcher ending(String before, String end) {
    String regex = Pattern.quote(before) + "[^/]*" + Pattern.quote(end) + "/.*";
    return StringMatcher.newBuilder().setSafeRegex(RouteRules.regex(regex)).build();
  }

  private static StringMatcher prefix(String prefix) {
    return StringMatcher.newBuilder().setPrefix(prefix).build();
  }

  private static StringMatcher exact(String text) {
    return StringMatcher.newBuilder().setExact(text).build();
  }

  /** Without the star at the end. */
  private static String head(String pattern) {
    return pattern.substring(0, pattern.length() - 1);
  }
}
