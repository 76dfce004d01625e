package io.endomesh.dataplane.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.identity.OddCertificates.Odd;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers with certificates that are almost right, at the TLS of servers and of clients. */
class IdentityAttacksTest {

  private static final String DOMAIN = "td";
  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";

  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static final OddCertificates ODD = AUTHORITY.odd(DOMAIN);
  private static final Identity WEB = AUTHORITY.identity("spiffe://td/ns/shop/sa/web");

  /** Whom a policy names, and nobody else: the id is compared as a whole, with its domain. */
  private static final Set<Odd> NOT_REFUSED_BY_ITSELF = Set.of(Odd.NONE, Odd.OTHER_TRUST_DOMAIN);

  static Stream<Odd> odd() {
    return Arrays.stream(Odd.values()).filter(odd -> !NOT_REFUSED_BY_ITSELF.contains(odd));
  }

  @ParameterizedTest
  @MethodSource("odd")
  void server_callerWithAnOddCertificate_failsItsHandshake(Odd odd) throws Exception {
    SSLContext caller = context(odd);
    assertThatThrownBy(() -> IdentityTest.handshake(caller, WEB.serverContext()))
        .isInstanceOf(SSLException.class);
  }

  @ParameterizedTest
  @MethodSource("odd")
  void client_endpointWithAnOddCertificate_isSentNothing(Odd odd) throws Exception {
    SSLContext endpoint = context(odd);
    assertThatThrownBy(() -> IdentityTest.handshake(WEB.clientTls(ORDERS).context(), endpoint))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void peer_nothingOddAboutIt_isTaken() throws Exception {
    SSLSession session = IdentityTest.handshake(context(Odd.NONE), WEB.serverContext());
    assertThat(Peer.of(session, null).spiffeId()).isEqualTo(ORDERS);
    IdentityTest.handshake(WEB.clientTls(ORDERS).context(), context(Odd.NONE));
  }

  @Test
  void client_endpointOfAnotherTrustDomain_isSentNothing() throws Exception {
    SSLContext endpoint = context(Odd.OTHER_TRUST_DOMAIN);
    assertThatThrownBy(() -> IdentityTest.handshake(WEB.clientTls(ORDERS).context(), endpoint))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void server_callerOfAnotherTrustDomain_isNotTheOneOfOurs() {
    // Whether a foreign domain may call at all is asked elsewhere; it is never taken for ours.
    try {
      SSLSession session =
          IdentityTest.handshake(context(Odd.OTHER_TRUST_DOMAIN), WEB.serverContext());
      assertThat(Peer.of(session, null).spiffeId()).isNotEqualTo(ORDERS);
    } catch (Exception refused) {
      assertThat(refused).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void server_callerWithoutCertificate_failsItsHandshake() throws Exception {
    SSLContext nobody = SSLContext.getInstance("TLS");
    nobody.init(null, new TrustManager[] {new Anybody()}, null);
    assertThatThrownBy(() -> IdentityTest.handshake(nobody, WEB.serverContext()))
        .isInstanceOf(SSLException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://",
        "spiffe://td",
        "spiffe://td/",
        "spiffe:///ns/shop/sa/orders",
        "spiffe://td//ns/shop",
        "spiffe://td/ns/shop/",
        "spiffe://td/./ns",
        "spiffe://td/ns/../orders",
        "spiffe://TD/ns/shop/sa/orders",
        "spiffe://user@td/ns/shop/sa/orders",
        "spiffe://td:443/ns/shop/sa/orders",
        "spiffe://td/ns/shop/sa/orders#a",
        "spiffe://td/ns/shop/sa/orders?a",
        "spiffe://td/ns/shop/sa/orders\0",
        "spiffe://td/ns/shop/sa/ord\u0435rs",
        "spiffe://td/ns/shop/sa/orders ",
        "SPIFFE://td/ns/shop/sa/orders",
        "https://td/ns/shop/sa/orders"
      })
  void spiffeId_notWrittenAsOne_identifiesNobody(String uri) {
    assertThat(SpiffeId.of(List.of(uri))).isNull();
    assertThat(SpiffeId.of(List.of("spiffe://td/" + "x".repeat(2_100)))).isNull();
    assertThat(SpiffeId.of(List.of(ORDERS))).isEqualTo(ORDERS);
    assertThat(SpiffeId.of(List.of("spiffe://a-b.c_1/...x/Y_z-0"))).isNotNull();
  }

  @Test
  void engine_ofServers_speaksNoVersionBefore12() {
    SSLEngine engine =
        ServerTls.of(TlsMode.STRICT, WEB).engine((byte) ServerTls.TLS_FIRST_BYTE, "http/1.1");
    assertThat(engine.getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
    assertThat(engine.getNeedClientAuth()).isTrue();
  }

  @Test
  void strict_plaintext_hasNoEngineAndMayNotGoOn() {
    ServerTls strict = ServerTls.of(TlsMode.STRICT, WEB);
    for (byte first : new byte[] {'G', 'P', 'C', 0, 0x15, 0x17, (byte) 0x80}) {
      assertThat(strict.engine(first, "h2")).isNull();
    }
    assertThat(strict.acceptsPlaintext()).isFalse();
    assertThat(ServerTls.of(TlsMode.STRICT, null).acceptsPlaintext()).isFalse();
  }

  /** Real first flights, broken somewhere: an exception of JSSE, and no other, ends each. */
  @Test
  void engine_brokenHandshakesByTheThousand_endEach() throws Exception {
    byte[] hello = hello();
    Random random = new Random(20_261_127);
    int ended = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] broken = hello.clone();
      for (int change = random.nextInt(6); change >= 0; change--) {
        broken[1 + random.nextInt(broken.length - 1)] = (byte) random.nextInt(256);
      }
      int length = random.nextBoolean() ? broken.length : 1 + random.nextInt(broken.length);
      SSLEngine engine =
          ServerTls.of(TlsMode.STRICT, WEB).engine((byte) ServerTls.TLS_FIRST_BYTE, "http/1.1");
      try {
        IdentityTest.step(
            engine,
            ByteBuffer.allocate(1 << 16),
            ByteBuffer.allocate(1 << 16).put(broken, 0, length));
        assertThat(IdentityTest.done(engine)).isFalse();
      } catch (SSLException refused) {
        ended++;
      }
    }
    assertThat(ended).isGreaterThan(200);
  }

  private static byte[] hello() throws Exception {
    SSLEngine client = WEB.clientTls(ORDERS).context().createSSLEngine("orders", 443);
    client.setUseClientMode(true);
    ByteBuffer out = ByteBuffer.allocate(1 << 16);
    client.wrap(ByteBuffer.allocate(0), out);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** One that shows the certificate and looks at none: it is the other side that must refuse. */
  private static SSLContext context(Odd odd) throws Exception {
    OddCertificates.Chain chain = ODD.make(odd);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {new Shown(chain)}, new TrustManager[] {new Anybody()}, null);
    return context;
  }

  /** Shows a certificate whoever asks for what. */
  private static final class Shown extends javax.net.ssl.X509ExtendedKeyManager {

    private final OddCertificates.Chain chain;

    Shown(OddCertificates.Chain chain) {
      this.chain = chain;
    }

    @Override
    public String[] getClientAliases(String type, java.security.Principal[] issuers) {
      return new String[] {"odd"};
    }

    @Override
    public String chooseClientAlias(
        String[] types, java.security.Principal[] issuers, java.net.Socket socket) {
      return "odd";
    }

    @Override
    public String chooseEngineClientAlias(
        String[] types, java.security.Principal[] issuers, SSLEngine engine) {
      return "odd";
    }

    @Override
    public String[] getServerAliases(String type, java.security.Principal[] issuers) {
      return new String[] {"odd"};
    }

    @Override
    public String chooseServerAlias(
        String type, java.security.Principal[] issuers, java.net.Socket socket) {
      return "odd";
    }

    @Override
    public String chooseEngineServerAlias(
        String type, java.security.Principal[] issuers, SSLEngine engine) {
      return type.equals(chain.key().getAlgorithm()) || type.equals("EC") ? "odd" : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return chain.certificates().toArray(X509Certificate[]::new);
    }

    @Override
    public java.security.PrivateKey getPrivateKey(String alias) {
      return chain.key();
    }
  }

  /**
   * The attacker's own side, which takes whatever it meets so that only the other side can refuse:
   * that one is the mesh's, with its real trust, and is what these tests are about.
   */
  private static final class Anybody extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
