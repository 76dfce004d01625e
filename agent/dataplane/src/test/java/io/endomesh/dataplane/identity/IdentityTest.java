package io.endomesh.dataplane.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;

class IdentityTest {

  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";
  private static final String WEB = "spiffe://td/ns/shop/sa/web";
  private static final String OTHER = "spiffe://td/ns/shop/sa/other";

  private final TestAuthority authority = new TestAuthority();
  private final Identity orders = authority.identity(ORDERS);
  private final Identity web = authority.identity(WEB);

  @Test
  void handshake_expectedServer_bothKnowEachOther() throws SSLException {
    SSLSession atServer = handshake(web.clientTls(ORDERS).context(), orders.serverContext());
    assertThat(PeerIdentities.of(atServer)).containsExactly(WEB);
  }

  @Test
  void handshake_otherServerThanExpected_fails() {
    assertThatThrownBy(() -> handshake(web.clientTls(OTHER).context(), orders.serverContext()))
        .hasStackTraceContaining("peer is " + ORDERS + " (expected: " + OTHER + ")");
  }

  @Test
  void handshake_serverOfSeveralIdentities_provesTheOneThatIsExpected() throws SSLException {
    SSLContext shared = Identity.serverContext(List.of(web, orders));
    Identity caller = authority.identity(OTHER);

    assertThat(PeerIdentities.of(handshake(caller.clientTls(ORDERS).context(), shared)))
        .containsExactly(OTHER);
    assertThat(PeerIdentities.of(handshake(caller.clientTls(WEB).context(), shared)))
        .containsExactly(OTHER);
  }

  /**
   * A client that asks for none, or for one that has gone, is shown the first, and believes it not.
   */
  @Test
  void handshake_serverOfSeveralIdentities_provesNoOther() {
    SSLContext shared = Identity.serverContext(List.of(web, orders));

    assertThatThrownBy(() -> handshake(web.clientTls(OTHER).context(), shared))
        .hasStackTraceContaining("peer is " + WEB + " (expected: " + OTHER + ")");
    assertThatThrownBy(
            () -> handshake(web.clientTls("spiffe://td/of/another/form").context(), shared))
        .hasStackTraceContaining("peer is " + WEB);
  }

  @Test
  void handshake_clientOfAnotherAuthority_fails() {
    Identity stranger = new TestAuthority().identity(WEB);
    assertThatThrownBy(
            () -> handshake(stranger.clientTls(ORDERS).context(), orders.serverContext()))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void handshake_clientOfAnotherTrustDomainBelowTheSameRoot_fails() {
    Identity foreign = foreign("spiffe://other/ns/shop/sa/web");
    assertThatThrownBy(() -> handshake(foreign.clientTls(ORDERS).context(), orders.serverContext()))
        .hasStackTraceContaining("peer is spiffe://other/ns/shop/sa/web (expected: spiffe://td)");
  }

  /** It believes the others' domain; they do not believe its own. */
  private Identity foreign(String id) {
    try {
      KeyPair key = TestAuthority.newKey();
      List<X509Certificate> roots = List.of(authority.root());
      return new Identity(
          List.of(authority.certificate(key, id)),
          key.getPrivate(),
          new TrustBundle(roots, List.of(), Set.of(), Map.of("td", roots)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Identity identity(TrustBundle bundle) throws GeneralSecurityException {
    KeyPair key = TestAuthority.newKey();
    return new Identity(List.of(authority.certificate(key, ORDERS)), key.getPrivate(), bundle);
  }

  private TrustBundle revoking(Identity peer) {
    return new TrustBundle(
        List.of(authority.root()), List.of(), Set.of(peer.chain().get(0).getSerialNumber()));
  }

  @Test
  void handshake_revokedPeer_failsOnBothSides() throws Exception {
    Identity knowing = identity(revoking(web));
    assertThatThrownBy(() -> handshake(web.clientTls(ORDERS).context(), knowing.serverContext()))
        .hasStackTraceContaining("the certificate of " + WEB + " is revoked");
    assertThatThrownBy(() -> handshake(knowing.clientTls(WEB).context(), web.serverContext()))
        .hasStackTraceContaining("the certificate of " + WEB + " is revoked");
  }

  @Test
  void doubts_ofAPeerThatIsConnected_followTheBundle() throws Exception {
    Peer peer = Peer.of(handshake(web.clientTls(ORDERS).context(), orders.serverContext()), null);
    TestAuthority next = new TestAuthority();
    TrustBundle both = TrustBundle.of(List.of(authority.root(), next.root()));

    assertThat(orders.doubts(peer)).isNull();
    assertThat(identity(both).doubts(peer)).isNull();
    assertThat(identity(revoking(web)).doubts(peer))
        .isEqualTo("the certificate of " + WEB + " is revoked");
    assertThat(identity(revoking(orders)).doubts(peer)).isNull();
    assertThat(identity(TrustBundle.of(List.of(next.root()))).doubts(peer))
        .isEqualTo("the root of " + WEB + " is trusted no longer");
    assertThat(orders.doubts(Peer.PLAINTEXT)).isNull();
  }

  @Test
  void handshake_twoUriNames_identifyNobody() {
    KeyPair key = TestAuthority.newKey();
    assertThatThrownBy(
            () ->
                new Identity(
                    List.of(authority.certificate(key, WEB, ORDERS)),
                    key.getPrivate(),
                    List.of(authority.root())))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("exactly one SPIFFE id");
  }

  @Test
  void clientTls_sameExpectation_isTheSameObject() {
    assertThat(web.clientTls(ORDERS)).isSameAs(web.clientTls(ORDERS));
    assertThat(web.clientTls(ORDERS)).isNotSameAs(web.clientTls(OTHER));
    assertThat(authority.identity(WEB).clientTls(ORDERS)).isNotSameAs(web.clientTls(ORDERS));
  }

  @Test
  void peer_ofASession_isReadOnce() throws SSLException {
    SSLSession session = handshake(web.clientTls(ORDERS).context(), orders.serverContext());

    Peer peer = Peer.of(session, null);

    assertThat(peer.identities()).containsExactly(WEB);
    assertThat(peer.spiffeId()).isEqualTo(WEB);
    assertThat(peer.hasExpired(web.notAfter().toEpochMilli())).isFalse();
    assertThat(peer.hasExpired(web.notAfter().toEpochMilli() + 1)).isTrue();
    assertThat(Peer.of(session, peer)).isSameAs(peer);
    assertThat(Peer.of(session, Peer.PLAINTEXT).spiffeId()).isEqualTo(WEB);
    SSLSession next = handshake(web.clientTls(ORDERS).context(), orders.serverContext());
    assertThat(Peer.of(next, peer)).isNotSameAs(peer);
    assertThat(Peer.ofKept(session).spiffeId()).isEqualTo(WEB);
  }

  @Test
  void peerIdentities_plaintext_isEmpty() {
    assertThat(PeerIdentities.of((SSLSession) null)).isEmpty();
  }

  /** Runs both engines against each other; gives the server's session. */
  static SSLSession handshake(SSLContext client, SSLContext server) throws SSLException {
    SSLEngine c = client.createSSLEngine("orders", 443);
    c.setUseClientMode(true);
    SSLParameters parameters = c.getSSLParameters();
    // What HTTP clients set by themselves; mesh certificates carry no host name.
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    c.setSSLParameters(parameters);
    SSLEngine s = server.createSSLEngine();
    s.setUseClientMode(false);
    s.setNeedClientAuth(true);
    ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
    c.beginHandshake();
    s.beginHandshake();
    for (int i = 0; i < 100 && !(done(c) && done(s)); i++) {
      step(c, toServer, toClient);
      step(s, toClient, toServer);
    }
    assertThat(done(c) && done(s)).isTrue();
    return s.getSession();
  }

  static boolean done(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
    ByteBuffer plain = ByteBuffer.allocate(1 << 16);
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          for (Runnable t = engine.getDelegatedTask(); t != null; t = engine.getDelegatedTask()) {
            t.run();
          }
        }
        case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
        default -> {
          in.flip();
          int before = in.remaining();
          engine.unwrap(in, plain);
          boolean progress = in.remaining() != before;
          in.compact();
          if (!progress
              && engine.getHandshakeStatus() != HandshakeStatus.NEED_TASK
              && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
            return;
          }
        }
      }
    }
  }
}
