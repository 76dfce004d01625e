package io.endomesh.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteResourceStoreTest {

  private static final ResourceKey ORDERS = new ResourceKey("HTTPRoute", "shop", "orders");
  private static final ResourceKey STOCK = new ResourceKey("HTTPRoute", "shop", "stock");

  @TempDir Path directory;
  private SqliteResourceStore store;

  @BeforeEach
  void open() throws IOException {
    store = SqliteResourceStore.open(directory, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void write_reopened_nothingIsLost() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{\"a\":1}")));
    store.putFact("registry/live", "orders-1");
    store.close();

    open();

    assertThat(store.resources().find(ORDERS).orElseThrow().body()).isEqualTo("{\"a\":1}");
    assertThat(store.resources().revision()).isEqualTo(1);
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
  void open_storeOfAVersionWithoutWhy_keepsItsHistory() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{}")));
    store.close();
    try (Connection old =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("endomesh.db"));
        Statement statement = old.createStatement()) {
      statement.executeUpdate("ALTER TABLE history DROP COLUMN why");
    }

    open();
    store.write(new Actor("bob", "", "no more"), List.of(new Write.Delete(ORDERS, null)));

    assertThat(store.history(ORDERS, 10)).extracting(Change::why).containsExactly("no more", "");
  }

  @Test
  void history_changeAndDelete_showsWhoBeforeAndAfter() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{\"a\":1}")));
    store.write("bob", List.of(put(ORDERS, "{\"a\":2}")));
    store.write("cid", List.of(new Write.Delete(ORDERS, null)));

    List<Change> history = store.history(ORDERS, 10);

    assertThat(history).extracting(Change::author).containsExactly("cid", "bob", "ann");
    assertThat(history).extracting(Change::revision).containsExactly(3L, 2L, 1L);
    assertThat(history.get(1).before()).isEqualTo("{\"a\":1}");
    assertThat(history.get(1).after()).isEqualTo("{\"a\":2}");
    assertThat(history.get(0).after()).isNull();
    assertThat(history.get(2).before()).isNull();
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
  void write_fullDisk_isRefusedInASentenceAndNothingIsLost() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{\"a\":1}")));
    store.limitPages(1);

    assertThatThrownBy(() -> store.write("bob", List.of(put(STOCK, "x".repeat(1 << 20)))))
        .isInstanceOf(StoreException.Unavailable.class)
        .hasMessageContaining("the disk is full (expected: free space); nothing was applied");

    assertThat(store.resources().find(STOCK)).isEmpty();
    assertThat(store.history(null, 10)).hasSize(1);
    store.limitPages(1_000_000);
    store.write("bob", List.of(put(STOCK, "{}")));
    store.close();
    open();
    assertThat(store.resources().byKey()).containsOnlyKeys(ORDERS, STOCK);
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
  void open_usedByAnother_saysSo() {
    assertThatThrownBy(() -> SqliteResourceStore.open(directory, Clock.systemUTC()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is in use by another controller");
  }

  private static Write put(ResourceKey key, String body) {
    return new Write.Put(key, body, null);
  }
}
