package io.endomesh.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each store promises. */
public abstract class ResourceStoreContract {

  protected static final ResourceKey ORDERS = new ResourceKey("HTTPRoute", "shop", "orders");
  protected static final ResourceKey STOCK = new ResourceKey("HTTPRoute", "shop", "stock");

  private static final Actor ANN = new Actor("ann", "192.0.2.1");

  protected ResourceStore store;

  /** The same one each time. */
  protected abstract ResourceStore openStore() throws Exception;

  /** Another, which is empty. */
  protected abstract Filler filler() throws Exception;

  /** What the filler made. */
  protected abstract ResourceStore openFilled() throws Exception;

  @BeforeEach
  void open() throws Exception {
    store = openStore();
  }

  @AfterEach
  void close() {
    store.close();
  }

  protected final void reopen() throws Exception {
    store.close();
    open();
  }

  protected static Write put(ResourceKey key, String body) {
    return new Write.Put(key, body, null);
  }

  @Test
  void write_reopened_nothingIsLost() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{\"a\":1}")));
    store.write("ann", List.of(put(ORDERS, "{\"a\":2}")));
    store.putFact("registry/live", "orders-1");
    StoredResource before = store.resources().find(ORDERS).orElseThrow();

    reopen();

    assertThat(store.resources().find(ORDERS)).contains(before);
    assertThat(before.revision()).isEqualTo(2);
    assertThat(store.resources().revision()).isEqualTo(2);
    assertThat(store.facts("registry/")).isEqualTo(Map.of("registry/live", "orders-1"));
  }

  @Test
  void write_sameBody_changesNothing() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{}")));

    Resources after = store.write("ann", List.of(put(ORDERS, "{}")));

    assertThat(after.revision()).isEqualTo(1);
    assertThat(store.history(null, 10)).hasSize(1);
  }

  @Test
  void history_changeAndDelete_showsWhoBeforeAndAfter() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{\"a\":1}")));
    store.write("bob", List.of(put(ORDERS, "{\"a\":2}"), put(STOCK, "{}")));
    store.write("cid", List.of(new Write.Delete(ORDERS, null)));

    List<Change> history = store.history(ORDERS, 10);

    assertThat(history).extracting(Change::author).containsExactly("cid", "bob", "ann");
    assertThat(history).extracting(Change::revision).containsExactly(3L, 2L, 1L);
    assertThat(history.get(1).before()).isEqualTo("{\"a\":1}");
    assertThat(history.get(1).after()).isEqualTo("{\"a\":2}");
    assertThat(history.get(0).after()).isNull();
    assertThat(history.get(2).before()).isNull();
    assertThat(store.history(ORDERS, 2)).extracting(Change::revision).containsExactly(3L, 2L);
    assertThat(store.history(null, 10))
        .extracting(change -> change.revision() + " " + change.key().name())
        .containsExactly("3 orders", "2 stock", "2 orders", "1 orders");
  }

  @Test
  void history_actorWhoSaysWhy_isInHistoryAndAuditLog() throws Exception {
    store.write(
        new Actor("ann", "", "orders v2\nis slow"), List.of(put(ORDERS, "{}"), put(STOCK, "{}")));

    assertThat(store.ofRevision(1))
        .extracting(Change::key, Change::why)
        .containsExactly(tuple(ORDERS, "orders v2 is slow"), tuple(STOCK, "orders v2 is slow"));
    assertThat(store.ofRevision(2)).isEmpty();
    assertThat(store.audit(new AuditQuery(false, null, null, 10)))
        .extracting(AuditEntry::why)
        .containsExactly("orders v2 is slow", "orders v2 is slow");
  }

  @Test
  void write_otherRevision_isAConflictAndNothingIsDone() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{}")));

    assertThatThrownBy(
            () ->
                store.write(
                    "bob", List.of(put(STOCK, "{}"), new Write.Put(ORDERS, "{\"a\":1}", 7L))))
        .isInstanceOf(StoreException.Conflict.class)
        .hasMessage(
            "HTTPRoute shop/orders: resourceVersion: 1 (expected: 7); nothing was changed, read it"
                + " again and repeat");

    assertThat(store.resources().find(STOCK)).isEmpty();
    assertThat(store.resources().revision()).isEqualTo(1);
  }

  @Test
  void watch_writes_areToldInOrder() throws Exception {
    List<Long> revisions = new ArrayList<>();
    ResourceStore.Watch watch = store.watch(resources -> revisions.add(resources.revision()));
    store.write("ann", List.of(put(ORDERS, "{}")));
    store.write("ann", List.of(put(STOCK, "{}")));
    watch.close();
    store.write("ann", List.of(new Write.Delete(STOCK, null)));

    assertThat(revisions).containsExactly(0L, 1L, 2L);
  }

  @Test
  void write_hundredsOfResources_isOneRevision() throws Exception {
    List<Write> many =
        IntStream.range(0, 300)
            .mapToObj(i -> put(new ResourceKey("Service", "shop", "s" + i), "{\"i\":" + i + "}"))
            .toList();

    store.write(ANN, many);

    assertThat(store.resources().revision()).isEqualTo(1);
    Resources written = store.resources();
    reopen();
    assertThat(store.resources()).isEqualTo(written);
    assertThat(store.history(null, 1_000))
        .hasSize(300)
        .allSatisfy(change -> assertThat(change.revision()).isEqualTo(1));
    assertThat(store.audit(new AuditQuery(false, null, "ann", 1_000)))
        .extracting(AuditEntry::subject)
        .hasSize(300)
        .doesNotHaveDuplicates();
  }

  @Test
  void write_largeResources_areKept() throws Exception {
    String large = "x".repeat(400_000);
    store.write(ANN, List.of(put(ORDERS, large), put(STOCK, large + "y")));
    store.write(ANN, List.of(put(ORDERS, large + "z")));

    reopen();

    assertThat(store.resources().find(ORDERS).orElseThrow().body()).isEqualTo(large + "z");
    assertThat(store.resources().find(STOCK).orElseThrow().body()).isEqualTo(large + "y");
    assertThat(store.history(ORDERS, 1).get(0).before()).isEqualTo(large);
  }

  @Test
  void audit_lines_areFoundByWhoWhenAndWhether() throws Exception {
    Instant early = Instant.parse("2026-01-01T00:00:00Z");
    store.write(ANN, List.of(put(ORDERS, "{}")));
    store.putFact("user/bob", "b", ANN.did("user.create", "user/bob"));
    store.append(
        List.of(
            AuditEntry.denied(new Actor("eve", ""), "POST /api/v1/apply", "", "no right"),
            ANN.did("login", "ann").at(early, 3)));
    store.removeFact("user/bob", ANN.did("user.remove", "user/bob"));

    assertThat(store.audit(new AuditQuery(false, null, null, 10)))
        .extracting(AuditEntry::action)
        .containsExactly(
            "user.remove", "login", "POST /api/v1/apply", "user.create", "resource.create");
    assertThat(store.audit(new AuditQuery(true, null, null, 10)))
        .extracting(entry -> entry.actor().name())
        .containsExactly("eve");
    assertThat(store.audit(new AuditQuery(false, null, "ann", 2)))
        .extracting(AuditEntry::action)
        .containsExactly("user.remove", "login");
    assertThat(store.audit(new AuditQuery(false, early.plusSeconds(1), "ann", 10)))
        .extracting(AuditEntry::action)
        .containsExactly("user.remove", "user.create", "resource.create");
    reopen();
    assertThat(store.audit(new AuditQuery(false, null, "ann", 2)).get(1).times()).isEqualTo(3);
    assertThat(store.fact("user/bob")).isEmpty();
  }

  @Test
  void facts_putAndRemoved_areFoundByTheirPrefix() throws Exception {
    store.putFact("a/1", "one");
    store.putFact("a/2", "two");
    store.putFact("a0", "beside");
    store.putFact("a/1", "eins");
    store.removeFact("a/2");
    store.removeFact("a/3");

    assertThat(store.facts("a/")).isEqualTo(Map.of("a/1", "eins"));
    assertThat(store.fact("a0")).contains("beside");
    assertThat(store.fact("a/")).isEmpty();
    assertThat(store.trouble()).isNull();
  }

  @Test
  void snapshot_intoAnother_isTheSame() throws Exception {
    store.write(ANN, List.of(put(ORDERS, "{\"a\":1}"), put(STOCK, "{\"ü\":\"\\u0000\"}")));
    store.write("bob", List.of(put(ORDERS, "{\"a\":2}")));
    store.putFact("a/1", "one");
    store.append(List.of(AuditEntry.denied(ANN, "GET /", "", "no")));
    store.append(List.of(ANN.did("login", "ann")));
    List<Item> items = new ArrayList<>();
    try (ResourceStore.Snapshot snapshot = store.snapshot();
        Filler filler = filler()) {
      // Not in it.
      store.write("cid", List.of(new Write.Delete(STOCK, null)));
      snapshot.read(items::add);
      for (Item item : items) {
        filler.take(item);
      }
      filler.finish();
    }

    try (ResourceStore other = openFilled()) {
      assertThat(other.resources().revision()).isEqualTo(2);
      assertThat(other.resources().byKey()).containsOnlyKeys(ORDERS, STOCK);
      assertThat(other.facts("")).isEqualTo(Map.of("a/1", "one"));
      assertThat(other.history(null, 10)).isEqualTo(store.history(null, 10).subList(1, 4));
      assertThat(other.history(ORDERS, 10)).hasSize(2);
      AuditQuery all = new AuditQuery(false, null, null, 10);
      assertThat(other.audit(all)).isEqualTo(store.audit(all));
      assertThat(other.write("dan", List.of(put(STOCK, "{}"))).revision()).isEqualTo(3);
      List<Item> again = new ArrayList<>();
      try (ResourceStore.Snapshot snapshot = other.snapshot()) {
        snapshot.read(again::add);
      }
      assertThat(again).hasSize(items.size() + 1);
    }
  }

  @Test
  void filler_notFinished_leavesNothing() throws Exception {
    try (Filler filler = filler()) {
      filler.take(new Item.Fact("a/1", "one"));
    }

    try (Filler again = filler()) {
      again.finish();
    }
    try (ResourceStore other = openFilled()) {
      assertThat(other.facts("")).isEmpty();
      assertThat(other.resources().revision()).isZero();
    }
  }
}
