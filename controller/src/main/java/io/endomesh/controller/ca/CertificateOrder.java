package io.endomesh.controller.ca;

import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A certificate that somebody else is to make. Immutable.
 *
 * @param csr in PEM
 * @param key that the request is for
 * @param spiffeId the only identity
 * @param hosts names of hosts, for the controller alone
 * @param addresses IP addresses, for the controller alone
 * @param callsToo whether it is shown to servers as well
 */
record CertificateOrder(
    String csr,
    PublicKey key,
    String spiffeId,
    List<String> hosts,
    List<String> addresses,
    boolean callsToo,
    Duration ttl) {

  CertificateOrder {
    hosts = List.copyOf(hosts);
    addresses = List.copyOf(addresses);
  }

  String usages() {
    return callsToo ? "serverAuth,clientAuth" : "serverAuth";
  }

  /** What the command is told, in the words of OpenSSL's configuration where it has some. */
  Map<String, String> variables() {
    List<String> names = new ArrayList<>();
    names.add("URI:" + spiffeId);
    hosts.forEach(host -> names.add("DNS:" + host));
    addresses.forEach(address -> names.add("IP:" + address));
    return Map.of(
        "ENDOMESH_SPIFFE_ID",
        spiffeId,
        "ENDOMESH_SUBJECT_ALT_NAME",
        String.join(",", names),
        "ENDOMESH_EXTENDED_KEY_USAGE",
        usages(),
        "ENDOMESH_TTL_SECONDS",
        Long.toString(ttl.toSeconds()));
  }
}
