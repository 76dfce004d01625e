package io.endomesh.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.Peer;
import io.endomesh.dataplane.identity.TestAuthority;
import java.lang.reflect.Proxy;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;

class ConnectionAgeTest {

  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static final String US = "spiffe://endomesh.local/ns/default/sa/shop";
  private static final String CALLER = "spiffe://endomesh.local/ns/default/sa/caller";

  private final FakeClock clock = new FakeClock(java.time.Instant.now());
  private final Mesh mesh =
      new Mesh(new Workload("shop", "default", "shop-1", Map.of()), clock, clock);
  private long version;

  private void publish(Identity identity) {
    mesh.publish(new Snapshot(++version, Map.of(), Inbound.OPEN, identity));
  }

  private static Identity ofADay(String id) {
    return AUTHORITY.identity(Duration.ofHours(24), id);
  }

  /** On a connection whose handshake showed this certificate of ours. */
  private static Peer peer(Identity shown) {
    X509Certificate[] ours = shown.chain().toArray(X509Certificate[]::new);
    X509Certificate[] theirs = ofADay(CALLER).chain().toArray(X509Certificate[]::new);
    SSLSession session =
        (SSLSession)
            Proxy.newProxyInstance(
                ConnectionAgeTest.class.getClassLoader(),
                new Class<?>[] {SSLSession.class},
                (proxy, method, arguments) ->
                    method.getName().equals("getLocalCertificates") ? ours : theirs);
    return Peer.of(session, null);
  }

  private boolean isLast(Peer peer) {
    return mesh.serve(TestRequest.get("shop", "/").on(peer)).isLastOfConnection();
  }

  @Test
  void connection_ofACertificateThatWasRenewedAnHourAgo_ends_andThoseOfTheNewOneGoOn() {
    Identity first = ofADay(US);
    publish(first);
    Peer before = peer(first);
    clock.advance(Duration.ofHours(10));
    assertThat(isLast(before)).as("as long as there is no other").isFalse();
    Identity second = ofADay(US);
    publish(second);

    clock.advance(Duration.ofMinutes(53));
    assertThat(isLast(before)).isFalse();
    clock.advance(Duration.ofMinutes(8));

    assertThat(isLast(before)).isTrue();
    assertThat(isLast(peer(second))).isFalse();
    assertThat(isLast(Peer.PLAINTEXT)).isFalse();
    assertThat(isLast(Peer.UNKNOWN)).isFalse();
    assertThat(isLast(peer(ofADay("spiffe://endomesh.local/ns/default/sa/other"))))
        .as("of another workload on the same port")
        .isFalse();
  }

  @Test
  void connections_endOneAfterTheOther() {
    Identity first = ofADay(US);
    publish(first);
    List<Peer> before = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      before.add(peer(first));
    }
    publish(ofADay(US));

    clock.advance(Duration.ofMinutes(57));

    assertThat(before.stream().filter(this::isLast).count()).isBetween(8L, 56L);
  }

  @Test
  void certificateOfSeconds_takesAQuarterOfItsLife() {
    Identity first = AUTHORITY.identity(Duration.ofSeconds(8), US);
    publish(first);
    publish(AUTHORITY.identity(Duration.ofSeconds(8), US));

    clock.advance(Duration.ofSeconds(30));

    assertThat(isLast(peer(first))).isTrue();
  }

  @Test
  void limit_off_endsNone_andNewRootsAreNoRenewal() {
    Identity first = ofADay(US);
    mesh.maxConnectionAgeAfterRenewal(null);
    publish(first);
    publish(ofADay(US));
    clock.advance(Duration.ofHours(11));
    assertThat(isLast(peer(first))).isFalse();

    mesh.maxConnectionAgeAfterRenewal(Duration.ZERO);
    publish(mesh.identity());
    assertThat(isLast(peer(first))).isFalse();
  }
}
