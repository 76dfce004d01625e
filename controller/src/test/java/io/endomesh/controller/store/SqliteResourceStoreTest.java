package io.endomesh.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteResourceStoreTest extends ResourceStoreContract {

  @TempDir Path directory;
  private SqliteResourceStore sqlite;

  @Override
  protected ResourceStore openStore() throws IOException {
    sqlite = SqliteResourceStore.open(directory, Clock.systemUTC());
    return sqlite;
  }

  @Override
  protected Filler filler() throws IOException {
    return SqliteFiller.in(Files.createDirectories(directory.resolve("other")));
  }

  @Override
  protected ResourceStore openFilled() throws IOException {
    return SqliteResourceStore.open(directory.resolve("other"), Clock.systemUTC());
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

    reopen();
    store.write(new Actor("bob", "", "no more"), List.of(new Write.Delete(ORDERS, null)));

    assertThat(store.history(ORDERS, 10)).extracting(Change::why).containsExactly("no more", "");
  }

  @Test
  void write_fullDisk_isRefusedInASentenceAndNothingIsLost() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{\"a\":1}")));
    sqlite.limitPages(1);

    assertThatThrownBy(() -> store.write("bob", List.of(put(STOCK, "x".repeat(1 << 20)))))
        .isInstanceOf(StoreException.Unavailable.class)
        .hasMessageContaining("the disk is full (expected: free space); nothing was applied");

    assertThat(store.resources().find(STOCK)).isEmpty();
    assertThat(store.history(null, 10)).hasSize(1);
    sqlite.limitPages(1_000_000);
    store.write("bob", List.of(put(STOCK, "{}")));
    reopen();
    assertThat(store.resources().byKey()).containsOnlyKeys(ORDERS, STOCK);
  }

  @Test
  void open_usedByAnother_saysSo() {
    assertThatThrownBy(() -> SqliteResourceStore.open(directory, Clock.systemUTC()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is in use by another controller");
  }
}
