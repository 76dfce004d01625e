package io.endomesh.controller.federation;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.jwks.KeyFetchOptions;
import io.endomesh.controller.jwks.TestServer;
import io.endomesh.controller.kinds.FederatedTrustDomain;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.controller.translate.FederatedBundle;
import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.identity.TestAuthority;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partners' endpoints as they behave, and as they should not. */
@Timeout(60)
class FederatedBundlesTest {

  private static final String PARTNER = "partner.example";
  private static final String ENDPOINT =
      "spiffe://partner.example/ns/endomesh-system/sa/controller";

  @TempDir private Path directory;
  private final Semaphore changes = new Semaphore(0);
  private final TestAuthority first = new TestAuthority("CN=first");
  private final TestAuthority second = new TestAuthority("CN=second");
  private TestServer server;
  private ResourceStore store;
  private FederatedBundles bundles;

  @BeforeEach
  void start() throws IOException {
    server = new TestServer();
    store = SqliteResourceStore.open(directory, Clock.systemUTC());
    bundles = bundles("127.0.0.0/8", "::1");
  }

  @AfterEach
  void stop() {
    bundles.close();
    store.close();
    server.close();
  }

  private FederatedBundles bundles(String... allowed) throws IOException {
    FederatedBundles made =
        new FederatedBundles(
            store,
            new KeyFetchOptions(
                List.of(allowed).stream().map(AddressRange::parse).toList(),
                server.authorities(directory),
                Duration.ofMillis(50)),
            Clock.systemUTC());
    made.watch(changes::release);
    return made;
  }

  /**
   * @param id that the endpoint proves; null for its name
   */
  static FederatedTrustDomain domain(String url, @Nullable String id, @Nullable String bundle)
      throws Exception {
    String profile =
        id == null ? "{type: https_web}" : "{type: https_spiffe, endpointSPIFFEID: '" + id + "'}";
    return (FederatedTrustDomain)
        ResourceParser.parseAll(
                """
                apiVersion: spire.spiffe.io/v1alpha1
                kind: ClusterFederatedTrustDomain
                metadata: {name: partner, namespace: endomesh-system}
                spec:
                  trustDomain: partner.example
                  bundleEndpointURL: %s
                  bundleEndpointProfile: %s
                  %s
                """
                    .formatted(
                        url, profile, bundle == null ? "" : "trustDomainBundle: '" + bundle + "'"))
            .get(0)
            .resource();
  }

  private FederatedTrustDomain web() throws Exception {
    return domain(server.url() + "/bundle", null, null);
  }

  private void answers(String bundle) {
    server.answers(exchange -> TestServer.status(exchange, 200, bundle));
  }

  private static FederatedBundle known(FederatedBundles from, FederatedTrustDomain domain) {
    return Objects.requireNonNull(from.of(Map.of(PARTNER, domain)).get(PARTNER));
  }

  private FederatedBundle until(FederatedTrustDomain domain, Predicate<FederatedBundle> wanted)
      throws InterruptedException {
    while (true) {
      FederatedBundle now = known(bundles, domain);
      if (wanted.test(now)) {
        return now;
      }
      assertThat(changes.tryAcquire(30, TimeUnit.SECONDS)).as("changes after %s", now).isTrue();
    }
  }

  private FederatedBundle untilItFails(FederatedTrustDomain domain) throws InterruptedException {
    return until(domain, now -> now.failure() != null);
  }

  private FederatedBundle untilRoots(FederatedTrustDomain domain, TestAuthority... authorities)
      throws InterruptedException {
    X509Certificate[] roots =
        List.of(authorities).stream().map(TestAuthority::root).toArray(X509Certificate[]::new);
    return until(domain, now -> now.roots().equals(List.of(roots)));
  }

  @Test
  void bundle_arrivesInTheBackground_andFollowsThePartner_asItHints() throws Exception {
    answers(Bundles.of(1L, first));
    FederatedTrustDomain domain = web();
    assertThat(known(bundles, domain).roots()).isEmpty();
    untilRoots(domain, first);
    answers(Bundles.of(2L, first, second));
    untilRoots(domain, first, second);
  }

  @Test
  void endpoint_thatFails_leavesTheLastRoots_alsoOverARestart() throws Exception {
    answers(Bundles.of(1L, first));
    FederatedTrustDomain domain = web();
    untilRoots(domain, first);
    server.answers(exchange -> TestServer.status(exchange, 500, ""));
    FederatedBundle failing = untilItFails(domain);
    assertThat(failing.roots()).containsExactly(first.root());
    assertThat(failing.failure()).contains("500");
    assertThat(failing.failingSince()).isNotNull();

    bundles.close();
    bundles = bundles("127.0.0.0/8", "::1");
    assertThat(known(bundles, domain).roots()).containsExactly(first.root());

    answers(Bundles.of(2L, second));
    assertThat(untilRoots(domain, second).failingSince()).isNull();
  }

  @Test
  void sequence_thatGoesBack_isRefused_soThatOldRootsStayTakenBack() throws Exception {
    answers(Bundles.of(7L, second));
    FederatedTrustDomain domain = web();
    untilRoots(domain, second);
    answers(Bundles.of(6L, first));
    assertThat(untilItFails(domain).failure()).contains("went back to 6 (expected: at least 7)");
    assertThat(known(bundles, domain).roots()).containsExactly(second.root());

    bundles.close();
    bundles = bundles("127.0.0.0/8", "::1");
    assertThat(untilItFails(domain).failure()).contains("went back to 6");
    assertThat(known(bundles, domain).roots()).containsExactly(second.root());
  }

  @Test
  void sequence_thatStaysWhileKeysDoNot_orThatIsGone_isRefused() throws Exception {
    answers(Bundles.of(7L, first));
    FederatedTrustDomain domain = web();
    untilRoots(domain, first);
    answers(Bundles.of(7L, second));
    assertThat(untilItFails(domain).failure()).contains("as before, with other keys");
    answers(Bundles.of(null, second));
    until(domain, now -> String.valueOf(now.failure()).contains("went back to none"));
    assertThat(known(bundles, domain).roots()).containsExactly(first.root());
  }

  @Test
  void bundle_withoutKeys_takesAllRootsBack() throws Exception {
    answers(Bundles.of(1L, first));
    FederatedTrustDomain domain = web();
    untilRoots(domain, first);
    answers("{\"keys\":[],\"spiffe_sequence\":2}");
    assertThat(untilRoots(domain).failure()).isNull();
  }

  @Test
  void endpoint_thatHangs_holdsNobodyUp_andIsGivenUp() throws Exception {
    server.hangs();
    FederatedTrustDomain domain = web();
    long begin = System.nanoTime();
    assertThat(known(bundles, domain).roots()).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    assertThat(untilItFails(domain).failure()).contains("no answer within");
  }

  @Test
  void bundle_thatIsHuge_isCutOff() throws Exception {
    server.answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] much = new byte[16 * 1024];
          for (int i = 0; i < 1 << 16; i++) {
            exchange.getResponseBody().write(much);
          }
        });
    assertThat(untilItFails(web()).failure()).contains("too long");
  }

  @Test
  void bundle_withMoreRootsThanAnybodyHas_isRefused() throws Exception {
    TestAuthority[] many = new TestAuthority[33];
    java.util.Arrays.fill(many, first);
    answers(Bundles.of(1L, many));
    assertThat(untilItFails(web()).failure()).contains("33 roots");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no bundle", "{}", "<html>secret</html>", "{\"keys\":{}}"})
  void answer_thatIsNoBundle_isRefused_andNotTold(String body) throws Exception {
    answers(body);
    assertThat(untilItFails(web()).failure()).doesNotContain("secret", "<html>");
  }

  @Test
  void endpoint_atAnAddressThatIsNotPublic_isNotAsked() throws Exception {
    bundles.close();
    bundles = bundles();
    assertThat(untilItFails(web()).failure())
        .contains("not a public one (expected: --federation-allow");
    assertThat(server.asked()).isZero();
  }

  @Test
  void address_thatIsMistyped_leavesTheRootsThatAreKnown() throws Exception {
    answers(Bundles.of(1L, first));
    untilRoots(web(), first);
    FederatedTrustDomain mistyped = domain("https://localhost:1/bundle", null, null);
    assertThat(known(bundles, mistyped).roots()).containsExactly(first.root());
    assertThat(untilItFails(mistyped).roots()).containsExactly(first.root());
  }

  @Test
  void resource_thatIsGone_isForgotten() throws Exception {
    answers(Bundles.of(7L, first));
    untilRoots(web(), first);
    assertThat(bundles.of(Map.of())).isEmpty();
    assertThat(store.facts("federation/")).isEmpty();
  }

  @Test
  void trustDomainBundle_thatIsAnother_goesAboveWhatWasFetched() throws Exception {
    answers(Bundles.of(7L, first));
    untilRoots(domain(server.url(), null, Bundles.of(1L, first)), first);
    server.answers(exchange -> TestServer.status(exchange, 500, ""));
    assertThat(known(bundles, domain(server.url(), null, Bundles.of(2L, second))).roots())
        .containsExactly(second.root());
  }

  /** A server that shows a certificate of {@code signer} for {@code id}, and no host name. */
  private void proves(TestAuthority signer, String id) throws IOException {
    server.close();
    KeyPair key = TestAuthority.newKey();
    server =
        new TestServer(
            new KeyStore.PrivateKeyEntry(
                key.getPrivate(), new X509Certificate[] {signer.certificate(key, id)}));
  }

  @Test
  void endpoint_thatProvesItsId_isBelieved_alsoByTheRootThatItSentBefore() throws Exception {
    proves(first, ENDPOINT);
    answers(Bundles.of(2L, first, second));
    FederatedTrustDomain domain = domain(server.url(), ENDPOINT, Bundles.of(1L, first));
    assertThat(known(bundles, domain).roots()).containsExactly(first.root());
    untilRoots(domain, first, second);

    proves(second, ENDPOINT);
    answers(Bundles.of(3L, second));
    untilRoots(domain(server.url(), ENDPOINT, Bundles.of(1L, first)), second);
  }

  @Test
  void endpoint_thatProvesAnotherId_orByAnotherRoot_isNotBelieved() throws Exception {
    proves(first, "spiffe://partner.example/ns/shop/sa/orders");
    answers(Bundles.of(2L, second));
    FederatedTrustDomain domain = domain(server.url(), ENDPOINT, Bundles.of(1L, first));
    assertThat(untilItFails(domain).roots()).containsExactly(first.root());

    proves(second, ENDPOINT);
    answers(Bundles.of(2L, second));
    domain = domain(server.url(), ENDPOINT, Bundles.of(1L, first));
    assertThat(untilItFails(domain).roots()).containsExactly(first.root());
    assertThat(server.asked()).isZero();
  }
}
