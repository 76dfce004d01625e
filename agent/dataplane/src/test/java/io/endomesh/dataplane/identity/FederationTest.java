package io.endomesh.dataplane.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** Trust domains that believe each other, and no further than each for its own ids. */
class FederationTest {

  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";
  private static final String PARTNER = "spiffe://partner.example/ns/shop/sa/web";
  private static final String THIRD = "spiffe://third.example/ns/shop/sa/web";

  private final TestAuthority ours = new TestAuthority("CN=ours");
  private final TestAuthority partners = new TestAuthority("CN=partner's");
  private final TestAuthority thirds = new TestAuthority("CN=third's");

  private static Identity identity(
      TestAuthority signer, String id, X509Certificate root, Map<String, X509Certificate> others) {
    try {
      KeyPair key = TestAuthority.newKey();
      Map<String, List<X509Certificate>> federated = new java.util.HashMap<>();
      others.forEach((domain, other) -> federated.put(domain, List.of(other)));
      return new Identity(
          List.of(signer.certificate(key, id)),
          key.getPrivate(),
          new TrustBundle(List.of(root), List.of(), Set.of(), federated));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A server of ours that believes both others. */
  private Identity orders() {
    return identity(
        ours,
        ORDERS,
        ours.root(),
        Map.of("partner.example", partners.root(), "third.example", thirds.root()));
  }

  /** Whoever signed it, it believes us: so it is the server that refuses, if one does. */
  private Identity caller(TestAuthority signer, String id) {
    return identity(signer, id, signer.root(), Map.of("td", ours.root()));
  }

  private static void refused(Identity caller, Identity server, String expected) {
    assertThatThrownBy(
            () ->
                IdentityTest.handshake(
                    caller.clientTls(expected).context(), server.serverContext()))
        .isInstanceOf(javax.net.ssl.SSLException.class);
  }

  @Test
  void handshake_federatedDomains_bothKnowEachOther() throws Exception {
    SSLContext client = caller(partners, PARTNER).clientTls(ORDERS).context();
    assertThat(PeerIdentities.of(IdentityTest.handshake(client, orders().serverContext())))
        .containsExactly(PARTNER);
  }

  @Test
  void handshake_clientWhoseDomainIsNotFederated_fails() {
    refused(caller(partners, PARTNER), identity(ours, ORDERS, ours.root(), Map.of()), ORDERS);
  }

  @Test
  void handshake_rootOfAPartner_vouchesForNoIdOfOurs() {
    // It says it is of our domain, and believes itself: the partner's root signed it.
    Identity forged = identity(partners, "spiffe://td/ns/shop/sa/web", partners.root(), Map.of());
    refused(forged, orders(), ORDERS);
    Identity forgedServer = identity(partners, ORDERS, partners.root(), Map.of("td", ours.root()));
    refused(
        identity(
            ours,
            "spiffe://td/ns/shop/sa/web",
            ours.root(),
            Map.of("partner.example", partners.root())),
        forgedServer,
        ORDERS);
  }

  @Test
  void handshake_rootOfAPartner_vouchesForNoIdOfAnotherPartner() {
    refused(caller(partners, THIRD), orders(), ORDERS);
    refused(caller(thirds, PARTNER), orders(), ORDERS);
  }

  @Test
  void handshake_ourRoot_vouchesForNoIdOfAPartner() {
    refused(caller(ours, PARTNER), orders(), ORDERS);
  }

  @Test
  void handshake_bundleThatNamesOurOwnDomain_addsNoRootToIt() {
    Identity server = identity(ours, ORDERS, ours.root(), Map.of("td", partners.root()));
    Identity forged =
        identity(partners, "spiffe://td/ns/shop/sa/web", ours.root(), Map.of("x", partners.root()));
    assertThatThrownBy(
            () ->
                IdentityTest.handshake(forged.clientTls(ORDERS).context(), server.serverContext()))
        .isInstanceOf(javax.net.ssl.SSLException.class);
  }

  @Test
  void clientTls_ofADomainThatIsNotFederated_failsSayingSo() {
    Identity alone = identity(ours, ORDERS, ours.root(), Map.of());
    refused(alone, caller(partners, PARTNER), PARTNER);
    assertThatThrownBy(
            () ->
                IdentityTest.handshake(
                    alone.clientTls(PARTNER).context(),
                    identity(partners, PARTNER, partners.root(), Map.of("td", ours.root()))
                        .serverContext()))
        .hasStackTraceContaining("the trust domain of " + PARTNER + " is not federated");
  }

  @Test
  void doubts_ofAPeerWhoseFederationIsRemoved_nameIt() throws Exception {
    Peer peer =
        Peer.of(
            IdentityTest.handshake(
                caller(partners, PARTNER).clientTls(ORDERS).context(), orders().serverContext()),
            null);

    assertThat(orders().doubts(peer)).isNull();
    assertThat(identity(ours, ORDERS, ours.root(), Map.of()).doubts(peer))
        .isEqualTo("the trust domain of " + PARTNER + " is federated no longer");
    assertThat(
            identity(ours, ORDERS, ours.root(), Map.of("partner.example", thirds.root()))
                .doubts(peer))
        .isEqualTo("the root of " + PARTNER + " is trusted no longer");
  }
}
