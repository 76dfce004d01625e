package io.endomesh.controller.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.ca.Attestation;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.dataplane.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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
    JoinTokens.Created created = tokens.create("shop", JoinToken.ANY, Map.of(), HOUR);

    JoinToken token = tokens.authenticate(created.secret());

    assertThat(created.secret()).startsWith("emt_").hasSize(4 + 43);
    assertThat(token.namespace()).isEqualTo("shop");
    assertThat(token.service()).isEqualTo("*");
    assertThat(token.lastUsedAt()).isEqualTo(clock.instant());
  }

  @Test
  void authenticate_atTheEndOfItsTime_saysThatItExpired() throws Exception {
    JoinTokens.Created created = tokens.create("shop", "orders", Map.of(), HOUR);
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
    JoinTokens.Created created = tokens.create("shop", "orders", Map.of(), HOUR);

    assertThat(tokens.revoke(created.token().id())).isTrue();

    assertThat(tokens.revoke(created.token().id())).isFalse();
    assertThat(tokens.list()).isEmpty();
    assertThatThrownBy(() -> tokens.authenticate(created.secret()))
        .hasMessageStartingWith("unknown join token");
  }

  @Test
  void open_afterARestart_knowsTokensButNotTheirSecrets() throws Exception {
    JoinTokens.Created created = tokens.create("shop", "orders", Map.of(), HOUR);

    JoinTokens reopened = new JoinTokens(store, clock);

    assertThat(reopened.authenticate(created.secret()).id()).isEqualTo(created.token().id());
    assertThat(store.facts("join-token/").toString()).doesNotContain(created.secret());
    assertThat(created.toString()).doesNotContain(created.secret());
  }

  @Test
  void open_spoiltFact_leavesOutThatTokenOnly() throws Exception {
    JoinTokens.Created created = tokens.create("shop", "orders", Map.of(), HOUR);
    store.putFact("join-token/abc", "{no json");

    JoinTokens reopened = new JoinTokens(store, clock);

    assertThat(reopened.list()).hasSize(1);
    assertThat(reopened.authenticate(created.secret()).service()).isEqualTo("orders");
  }

  @Test
  void attestation_serviceOrNamespace_coversThatAndTheLabels() throws Exception {
    JoinToken one = tokens.create("shop", "orders", Map.of("version", "v1"), HOUR).token();
    JoinToken all = tokens.create("shop", JoinToken.ANY, Map.of(), HOUR).token();

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
        .isThrownBy(() -> tokens.create("shop", "orders", Map.of("a b", "c"), HOUR))
        .withMessageStartingWith("labels: 'a b' (expected: a name of letters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokens.create("shop", "orders", Map.of("a", "x".repeat(64)), HOUR))
        .withMessageStartingWith("labels.a: 'xxx");
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 17; i++) {
      many.put("l" + i, "v");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokens.create("shop", "orders", many, HOUR))
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
  void create_badScopeOrTime_namesTheField() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokens.create("Shop!", "orders", Map.of(), HOUR))
        .withMessageStartingWith("namespace: 'Shop!'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokens.create("shop", "orders", Map.of(), Duration.ZERO))
        .withMessageStartingWith("ttlSeconds: 0");
  }
}
