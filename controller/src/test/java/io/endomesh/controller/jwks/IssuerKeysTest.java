package io.endomesh.controller.jwks;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.KeySource;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.controller.translate.FetchedKeys;
import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.token.TestIssuer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Issuers as they behave, and as they should not. */
@Timeout(60)
class IssuerKeysTest {

  private static final String KEYS = TestIssuer.of("one").jwks();
  private static final String OTHER_KEYS = TestIssuer.of("two").jwks();

  @TempDir private Path directory;
  private final Semaphore changes = new Semaphore(0);
  private TestServer server;
  private ResourceStore store;
  private IssuerKeys keys;
  private KeySource source;

  @BeforeEach
  void start() throws IOException {
    server = new TestServer();
    store = SqliteResourceStore.open(directory, Clock.systemUTC());
    keys = keys(List.of("127.0.0.0/8", "::1"));
    source = new KeySource.At(server.url() + "/keys?a=b");
  }

  @AfterEach
  void stop() {
    keys.close();
    store.close();
    server.close();
  }

  private IssuerKeys keys(List<String> allowed) throws IOException {
    IssuerKeys made =
        new IssuerKeys(
            store,
            new KeyFetchOptions(
                allowed.stream().map(AddressRange::parse).toList(),
                server.authorities(directory),
                Duration.ofMillis(50)),
            Clock.systemUTC());
    made.watch(changes::release);
    return made;
  }

  private FetchedKeys until(IssuerKeys from, Predicate<FetchedKeys> wanted) throws Exception {
    while (true) {
      FetchedKeys now = Objects.requireNonNull(from.of(Set.of(source)).get(source));
      if (wanted.test(now)) {
        return now;
      }
      assertThat(changes.tryAcquire(30, TimeUnit.SECONDS)).as("changes after %s", now).isTrue();
    }
  }

  private FetchedKeys untilItFails() throws Exception {
    return until(keys, now -> now.failure() != null);
  }

  @Test
  void keys_arriveInTheBackground_andChangeWithTheIssuer() throws Exception {
    server.answersKeys(KEYS);
    assertThat(keys.of(Set.of(source)).get(source)).isEqualTo(new FetchedKeys(null, null));
    until(keys, now -> KEYS.equals(now.jwks()));
    assertThat(keys.asked(source).fetchedAt()).isNotNull();
    assertThat(keys.answers()).isPositive();
    server.answersKeys(OTHER_KEYS);
    until(keys, now -> OTHER_KEYS.equals(now.jwks()));
  }

  @Test
  void keys_ofAnIssuerThatIsAsked_areWhereItSays() throws Exception {
    server.answersKeys(KEYS);
    source = new KeySource.Discovered(server.url());
    until(keys, now -> KEYS.equals(now.jwks()));
  }

  @Test
  void issuer_thatSaysItIsAnother_isNotBelieved() throws Exception {
    server.answers(
        exchange ->
            TestServer.status(
                exchange,
                200,
                "{\"issuer\":\"https://other.example\",\"jwks_uri\":\"" + server.url() + "\"}"));
    source = new KeySource.Discovered(server.url());
    assertThat(untilItFails().failure()).contains("another issuer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://localhost:1/keys | no https",
        "file:///etc/passwd      | no https",
        "''                      | no https",
        "https://a@localhost/    | a user's name",
      })
  void issuer_thatSaysItsKeysAreElsewhere_isNotFollowedThere(String address, String why)
      throws Exception {
    server.answers(
        exchange ->
            TestServer.status(
                exchange,
                200,
                "{\"issuer\":\"" + server.url() + "\",\"jwks_uri\":\"" + address + "\"}"));
    source = new KeySource.Discovered(server.url());
    assertThat(untilItFails().failure()).contains(why);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308})
  void redirect_toTheMetadataOfACloud_isNotFollowed(int status) throws Exception {
    server.answers(
        exchange -> {
          exchange.getResponseHeaders().set("Location", "http://169.254.169.254/latest/meta-data");
          TestServer.status(exchange, status, "");
        });
    assertThat(untilItFails().failure()).contains("answered " + status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no keys", "{}", "{\"keys\":[]}", "<html>secret</html>"})
  void answer_thatIsNoKeys_isRefused_andNotTold(String body) throws Exception {
    server.answers(exchange -> TestServer.status(exchange, 200, body));
    assertThat(untilItFails().failure()).doesNotContain("secret", "<html>");
  }

  @Test
  void answer_withoutEnd_isCutOff() throws Exception {
    server.answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] much = new byte[16 * 1024];
          for (int i = 0; i < 1 << 16; i++) {
            exchange.getResponseBody().write(much);
          }
        });
    assertThat(untilItFails().failure()).contains("too long");
  }

  @Test
  void issuer_thatHangs_isGivenUpAfterSeconds_andTheKeysThatAreKnownStay() throws Exception {
    server.answersKeys(KEYS);
    until(keys, now -> now.jwks() != null);
    server.hangs();
    FetchedKeys now = untilItFails();
    assertThat(now.failure()).contains("no answer within 5 s");
    assertThat(now.jwks()).isEqualTo(KEYS);
  }

  @Test
  void issuer_thatFails_keepsItsKeys_overARestartToo_andIsAskedAgain() throws Exception {
    server.answersKeys(KEYS);
    until(keys, now -> now.jwks() != null);
    server.answers(exchange -> TestServer.status(exchange, 500, "secret"));
    assertThat(untilItFails())
        .isEqualTo(
            new FetchedKeys(KEYS, "it answered 500 (expected: 200; redirects are not followed)"));

    keys.close();
    keys = keys(List.of("127.0.0.0/8", "::1"));
    assertThat(keys.of(Set.of(source)).get(source)).isEqualTo(new FetchedKeys(KEYS, null));

    server.answersKeys(OTHER_KEYS);
    until(keys, now -> OTHER_KEYS.equals(now.jwks()) && now.failure() == null);
  }

  @Test
  void issuer_thatNoPolicyNamesAnyMore_isForgotten() throws Exception {
    server.answersKeys(KEYS);
    until(keys, now -> now.jwks() != null);
    keys.of(Set.of());
    assertThat(store.facts("jwks/")).isEmpty();
    assertThat(keys.of(Set.of(source)).get(source)).isEqualTo(new FetchedKeys(null, null));
  }

  @Test
  void address_thatIsNotPublic_isNotAskedAtAll() throws Exception {
    server.answersKeys(KEYS);
    keys.close();
    keys = keys(List.of());
    assertThat(untilItFails().failure()).contains("not a public one").contains("--jwks-allow");
    assertThat(server.asked()).isZero();
  }

  @Test
  void server_ofAnAuthorityThatNobodyTrusts_isNotBelieved() throws Exception {
    server.answersKeys(KEYS);
    try (IssuerKeys others =
        new IssuerKeys(
            store,
            new KeyFetchOptions(
                List.of(AddressRange.parse("127.0.0.0/8")), null, Duration.ofMillis(50)),
            Clock.systemUTC())) {
      others.watch(changes::release);
      assertThat(until(others, now -> now.failure() != null).jwks()).isNull();
    }
    assertThat(server.asked()).isZero();
  }
}
