package io.endomesh.dataplane.cluster;

import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.OriginatedTls;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One place a call can go to. Immutable, save for its {@link Load}, which outlives the snapshot
 * that names it.
 *
 * @param address resolved, save in a configuration that is looked at and calls nobody
 * @param identity SPIFFE id the endpoint must prove; null means that it takes no mesh TLS
 * @param labels of the workload
 * @param weight at least 1
 * @param priority 0 is used first, higher ones as far as the lower ones are not healthy (Envoy
 *     {@code LocalityLbEndpoints.priority})
 */
public record Endpoint(
    InetSocketAddress address,
    @Nullable String identity,
    Map<String, String> labels,
    int weight,
    int priority,
    Locality locality,
    int localityWeight,
    @Nullable OriginatedTls originated,
    Load load) {

  public Endpoint {
    labels = Map.copyOf(labels);
  }

  /** Of no known locality, and without TLS outside the mesh. */
  public Endpoint(
      InetSocketAddress address,
      @Nullable String identity,
      Map<String, String> labels,
      int weight,
      int priority,
      Load load) {
    this(address, identity, labels, weight, priority, Locality.NONE, 1, null, load);
  }

  /** Of the first priority. */
  public Endpoint(
      InetSocketAddress address,
      @Nullable String identity,
      Map<String, String> labels,
      int weight,
      Load load) {
    this(address, identity, labels, weight, 0, load);
  }

  Endpoint weighing(int otherWeight) {
    return new Endpoint(
        address,
        identity,
        labels,
        otherWeight,
        priority,
        locality,
        localityWeight,
        originated,
        load);
  }

  /** True if nothing speaks against it: not tried by this call, and not better left alone. */
  boolean isFresh(Endpoint[] tried, long nowNanos) {
    return !load.avoidedAt(nowNanos) && !Balancer.contains(tried, this);
  }

  /**
   * The TLS to reach it by.
   *
   * @param ours null if this workload has no certificate
   * @return null for what the application speaks itself, or if an identity is asked for that we
   *     cannot prove ours to, or what it is made of {@linkplain OriginatedTls#problem cannot be
   *     used}
   */
  public @Nullable ClientTls tls(@Nullable Identity ours) {
    if (originated != null) {
      return originated.with(ours);
    }
    return identity == null || ours == null ? null : ours.clientTls(identity);
  }

  /** True if it asks for a certificate of the mesh. */
  public boolean asksForIdentity() {
    return originated != null ? originated.ownCertificate() : identity != null;
  }

  /** {@code 10.0.0.1:8080}, as Envoy writes it. */
  public String hostAndPort() {
    String host =
        address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
    return host + ":" + address.getPort();
  }

  /** The session of calls that stick to this endpoint; opaque to applications, as Envoy's is. */
  public String session() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(hostAndPort().getBytes(StandardCharsets.US_ASCII));
  }
}
