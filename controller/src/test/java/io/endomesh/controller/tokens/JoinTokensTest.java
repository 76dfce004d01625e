package io.endomesh.controller.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.ca.Attestation;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.controller.store.StoreException;
import io.endomesh.dataplane.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinTokensTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final FakeClock clock = new FakeClock();
  @TempDir Path directory;
  private ResourceStore store;
  private JoinTokens tokens;

  @BeforeEach
  void open() throws Exception {
    store = SqliteResourceStore.open(directory, clock);
    tokens = new JoinTokens(store, clock);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void authenticate_goodToken_givesItsScope() throws Exception {
    JoinTokens.Created created =
        tokens.create(
            Actor.CONTROLLER, "shop", JoinToken.ANY, Map.of(), HOUR, JoinToken.ANY_NUMBER);

    JoinToken token = tokens.authenticate(created.secret());

    assertThat(created.secret()).startsWith("emt_").hasSize(4 + 43);
    assertThat(token.namespace()).isEqualTo("shop");
    assertThat(token.service()).isEqualTo("*");
    assertThat(token.lastUsedAt()).isEqualTo(clock.instant());
  }

  @Test
  void authenticate_atTheEndOfItsTime_saysThatItExpired() throws Exception {
    JoinTokens.Created created =
        tokens.create(Actor.CONTROLLER, "shop", "orders", Map.of(), HOUR, JoinToken.ANY_NUMBER);
    clock.advance(HOUR.minusSeconds(1));
    assertThat(tokens.authenticate(created.secret()).id()).isEqualTo(created.token().id());

    clock.advance(Duration.ofSeconds(1));

    assertThatThrownBy(() -> tokens.authenticate(created.secret()))
        .isInstanceOf(JoinTokens.Refused.class)
        .hasMessageContaining("expired at 2026-11-23T11:00:00Z")
        .hasMessageContaining("endomesh token create");
  }

  @Test
  void authenticate_neverGiven_saysUnknown() {
    assertThatThrownBy(() -> tokens.authenticate("emt_guess"))
        .isInstanceOf(JoinTokens.Refused.class)
        .hasMessageStartingWith("unknown join token");
  }

  @Test
  void revoke_known_makesItUnknown() throws Exception {
    JoinTokens.Created created =
        tokens.create(Actor.CONTROLLER, "shop", "orders", Map.of(), HOUR, JoinToken.ANY_NUMBER);

    assertThat(tokens.revoke(Actor.CONTROLLER, created.token().id())).isTrue();

    assertThat(tokens.revoke(Actor.CONTROLLER, created.token().id())).isFalse();
    assertThat(tokens.list()).isEmpty();
    assertThatThrownBy(() -> tokens.authenticate(created.secret()))
        .hasMessageStartingWith("unknown join token");
  }

  @Test
  void open_afterARestart_knowsTokensButNotTheirSecrets() throws Exception {
    JoinTokens.Created created =
        tokens.create(Actor.CONTROLLER, "shop", "orders", Map.of(), HOUR, JoinToken.ANY_NUMBER);

    JoinTokens reopened = new JoinTokens(store, clock);

    assertThat(reopened.authenticate(created.secret()).id()).isEqualTo(created.token().id());
    assertThat(store.facts("join-token/").toString()).doesNotContain(created.secret());
    assertThat(created.toString()).doesNotContain(created.secret());
  }

  @Test
  void open_spoiltFact_leavesOutThatTokenOnly() throws Exception {
    JoinTokens.Created created =
        tokens.create(Actor.CONTROLLER, "shop", "orders", Map.of(), HOUR, JoinToken.ANY_NUMBER);
    store.putFact("join-token/abc", "{no json");

    JoinTokens reopened = new JoinTokens(store, clock);

    assertThat(reopened.list()).hasSize(1);
    assertThat(reopened.authenticate(created.secret()).service()).isEqualTo("orders");
  }

  @Test
  void attestation_serviceOrNamespace_coversThatAndTheLabels() throws Exception {
    JoinToken one =
        tokens
            .create(
                Actor.CONTROLLER,
                "shop",
                "orders",
                Map.of("version", "v1"),
                HOUR,
                JoinToken.ANY_NUMBER)
            .token();
    JoinToken all =
        tokens
            .create(Actor.CONTROLLER, "shop", JoinToken.ANY, Map.of(), HOUR, JoinToken.ANY_NUMBER)
            .token();

    assertThat(one.attestation())
        .isEqualTo(new Attestation(Attestation.Covers.SERVICE, Map.of("version", "v1")));
    assertThat(all.attestation())
        .isEqualTo(new Attestation(Attestation.Covers.NAMESPACE, Map.of()));
    assertThat(new JoinTokens(store, clock).list())
        .extracting(JoinToken::labels)
        .containsExactlyInAnyOrder(Map.of("version", "v1"), Map.of());
  }

  @Test
  void create_badLabels_namesThem() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                tokens.create(
                    Actor.CONTROLLER,
                    "shop",
                    "orders",
                    Map.of("a b", "c"),
                    HOUR,
                    JoinToken.ANY_NUMBER))
        .withMessageStartingWith("labels: 'a b' (expected: a name of letters");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                tokens.create(
                    Actor.CONTROLLER,
                    "shop",
                    "orders",
                    Map.of("a", "x".repeat(64)),
                    HOUR,
                    JoinToken.ANY_NUMBER))
        .withMessageStartingWith("labels.a: 'xxx");
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 17; i++) {
      many.put("l" + i, "v");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                tokens.create(Actor.CONTROLLER, "shop", "orders", many, HOUR, JoinToken.ANY_NUMBER))
        .withMessage("labels: 17 (expected: at most 16)");
  }

  @Test
  void open_tokenOfAnOlderController_hasNoLabels() throws Exception {
    store.putFact(
        "join-token/" + "0".repeat(64),
        "{\"id\":\"1\",\"namespace\":\"shop\",\"service\":\"*\","
            + "\"createdAt\":\"2026-11-23T10:00:00Z\",\"expiresAt\":\"2026-11-24T10:00:00Z\"}");

    assertThat(new JoinTokens(store, clock).list().get(0).labels()).isEmpty();
  }

  @Test
  void use_oneMoreThanAllowed_saysHowManyAndHowToGetAnother() throws Exception {
    JoinTokens.Created created =
        tokens.create(Actor.CONTROLLER, "shop", "orders", Map.of(), HOUR, 2);
    tokens.use(tokens.authenticate(created.secret()));
    JoinToken last = tokens.authenticate(created.secret());
    tokens.use(last);

    assertThatThrownBy(() -> tokens.use(last)).isInstanceOf(JoinTokens.Refused.class);
    assertThatThrownBy(() -> tokens.authenticate(created.secret()))
        .isInstanceOf(JoinTokens.Refused.class)
        .hasMessage(
            "join token "
                + created.token().id()
                + " was used 2 of 2 times (make a new join string with `endomesh token create`,"
                + " --uses says for how many workloads)");
    assertThat(tokens.list()).singleElement().extracting(JoinToken::used).isEqualTo(2);
  }

  @Test
  void use_isCountedOverARestart_evenIfNothingElseFollows() throws Exception {
    JoinTokens.Created created =
        tokens.create(Actor.CONTROLLER, "shop", "orders", Map.of(), HOUR, 1);
    tokens.use(tokens.authenticate(created.secret()));

    JoinTokens reopened = new JoinTokens(store, clock);

    assertThatThrownBy(() -> reopened.authenticate(created.secret()))
        .hasMessageContaining("was used 1 of 1 times");
  }

  @Test
  void use_storeFails_isNotHad() throws Exception {
    JoinTokens.Created created =
        tokens.create(Actor.CONTROLLER, "shop", "orders", Map.of(), HOUR, 1);
    JoinToken token = tokens.authenticate(created.secret());
    store.close();

    assertThatThrownBy(() -> tokens.use(token)).isInstanceOf(StoreException.class);

    assertThat(tokens.list()).singleElement().extracting(JoinToken::used).isEqualTo(0);
  }

  @Test
  void use_byManyAtOnce_isNeverHadTwice() throws Exception {
    JoinTokens.Created created =
        tokens.create(Actor.CONTROLLER, "shop", "orders", Map.of(), HOUR, 5);
    AtomicInteger let = new AtomicInteger();
    List<Thread> workloads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      workloads.add(
          new Thread(
              () -> {
                try {
                  tokens.use(tokens.authenticate(created.secret()));
                  let.incrementAndGet();
                } catch (JoinTokens.Refused | StoreException e) {
                  // Fifteen of them are.
                }
              }));
    }
    workloads.forEach(Thread::start);
    for (Thread workload : workloads) {
      workload.join();
    }

    assertThat(let).hasValue(5);
    assertThat(tokens.list()).singleElement().extracting(JoinToken::used).isEqualTo(5);
  }

  @Test
  void use_anyNumber_isNotCounted() throws Exception {
    JoinTokens.Created created =
        tokens.create(
            Actor.CONTROLLER, "shop", JoinToken.ANY, Map.of(), HOUR, JoinToken.ANY_NUMBER);
    for (int i = 0; i < 3; i++) {
      tokens.use(tokens.authenticate(created.secret()));
    }

    assertThat(tokens.list()).singleElement().extracting(JoinToken::used).isEqualTo(0);
  }

  @Test
  void use_revokedMeanwhile_isRefusedAndDoesNotBringItBack() throws Exception {
    JoinTokens.Created created =
        tokens.create(Actor.CONTROLLER, "shop", "orders", Map.of(), HOUR, 2);
    JoinToken token = tokens.authenticate(created.secret());
    tokens.revoke(Actor.CONTROLLER, token.id());

    assertThatThrownBy(() -> tokens.use(token)).hasMessageStartingWith("unknown join token");

    assertThat(new JoinTokens(store, clock).list()).isEmpty();
  }

  @Test
  void create_badScopeOrTime_namesTheField() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                tokens.create(
                    Actor.CONTROLLER, "Shop!", "orders", Map.of(), HOUR, JoinToken.ANY_NUMBER))
        .withMessageStartingWith("namespace: 'Shop!'");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                tokens.create(
                    Actor.CONTROLLER,
                    "shop",
                    "orders",
                    Map.of(),
                    Duration.ZERO,
                    JoinToken.ANY_NUMBER))
        .withMessageStartingWith("ttlSeconds: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokens.create(Actor.CONTROLLER, "shop", "orders", Map.of(), HOUR, -1))
        .withMessageStartingWith("uses: -1 (expected: 1 to 1000000");
  }
}
