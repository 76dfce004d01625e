package io.endomesh.controller.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.AuditQuery;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.Filler;
import io.endomesh.controller.store.Item;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.ResourceStoreContract;
import io.endomesh.controller.store.StoreException;
import io.endomesh.proto.etcd.TxnRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against the etcd of Debian. */
@Timeout(120)
class EtcdResourceStoreTest extends ResourceStoreContract {

  private static final AtomicInteger MESHES = new AtomicInteger();

  @TempDir static Path directory;
  private static RealEtcd etcd;
  private EtcdAddress address;
  private int mesh;

  @BeforeAll
  static void startEtcd() throws Exception {
    etcd = RealEtcd.start(directory);
  }

  @AfterAll
  static void stopEtcd() {
    if (etcd != null) {
      etcd.close();
    }
  }

  @Override
  protected ResourceStore openStore() throws IOException {
    if (address == null) {
      mesh = MESHES.incrementAndGet();
      address = address("mesh-" + mesh);
    }
    return open("one");
  }

  private EtcdResourceStore open(String name) throws IOException {
    return EtcdResourceStore.open(address, name, /* standBy= */ true, Clock.systemUTC());
  }

  private static EtcdAddress address(String prefix) {
    return EtcdAddress.parse(etcd.url() + "/" + prefix, null, null, null);
  }

  @Override
  protected Filler filler() throws IOException {
    return EtcdFiller.in(address("other-" + mesh), "filler");
  }

  @Override
  protected ResourceStore openFilled() throws IOException {
    return EtcdResourceStore.open(address("other-" + mesh), "other", false, Clock.systemUTC());
  }

  @Test
  void open_whileAnotherIsActive_standsByUntilItEnds() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{}")));
    assertThatThrownBy(
            () -> EtcdResourceStore.open(address, "two", /* standBy= */ false, Clock.systemUTC()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in use by the controller one (expected: none that runs)");
    CompletableFuture<EtcdResourceStore> two =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return open("two");
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    store.write("ann", List.of(put(STOCK, "{}")));
    assertThat(two).isNotDone();

    store.close();

    store = two.get(30, TimeUnit.SECONDS);
    assertThat(store.resources().byKey()).containsOnlyKeys(ORDERS, STOCK);
  }

  @Test
  void write_afterAnotherTookOver_isRefusedAndThisOneHasToEnd() throws Exception {
    EtcdResourceStore first = (EtcdResourceStore) store;
    EtcdKeys keys = new EtcdKeys(address.prefix());
    try (EtcdClient client = new EtcdClient(address)) {
      // As if its lease had ended while it was cut off.
      client.txn(TxnRequest.newBuilder().addSuccess(EtcdKeys.delete(keys.lock())).build());
      store = open("two");
    }

    assertThatThrownBy(() -> first.write("ann", List.of(put(ORDERS, "{\"old\":1}"))))
        .isInstanceOf(StoreException.Unavailable.class)
        .hasMessageContaining("another controller took over");

    assertThat(first.lost().get(10, TimeUnit.SECONDS)).contains("took over");
    assertThat(first.trouble()).contains("took over");
    assertThatThrownBy(() -> first.putFact("a", "b")).isInstanceOf(StoreException.class);
    store.write("bob", List.of(put(ORDERS, "{\"new\":1}")));
    first.close();
    store.write("bob", List.of(put(STOCK, "{}")));
    assertThat(store.history(null, 10)).extracting(Change::author).containsOnly("bob");
  }

  @Test
  void write_afterItsLeaseEndedAndNobodyCame_isDone() throws Exception {
    EtcdKeys keys = new EtcdKeys(address.prefix());
    try (EtcdClient client = new EtcdClient(address)) {
      // As of a process that stood still for longer than its lease.
      client.txn(TxnRequest.newBuilder().addSuccess(EtcdKeys.delete(keys.lock())).build());
      store.write("ann", List.of(put(ORDERS, "{}")));
      client.txn(TxnRequest.newBuilder().addSuccess(EtcdKeys.delete(keys.lock())).build());
      store.putFact("a", "b");
    }

    assertThat(((EtcdResourceStore) store).lost()).isNotDone();
    assertThatThrownBy(
            () -> EtcdResourceStore.open(address, "two", /* standBy= */ false, Clock.systemUTC()))
        .hasMessageContaining("in use by the controller one");
    reopen();
    assertThat(store.resources().find(ORDERS)).isPresent();
    assertThat(store.fact("a")).contains("b");
  }

  @Test
  void etcd_doesNotAnswer_whatIsKnownIsServedAndNothingWritten() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{}")));
    store.putFact("a", "b");
    etcd.stop();
    try {
      assertThatThrownBy(() -> store.write("bob", List.of(put(STOCK, "{}"))))
          .isInstanceOfSatisfying(
              StoreException.Unavailable.class, e -> assertThat(e.isPassing()).isTrue())
          .hasMessageContaining("no answer");
      assertThat(store.trouble())
          .contains("no answer", "what was known then is served, and nothing can be changed");
      assertThat(store.resources().byKey()).containsOnlyKeys(ORDERS);
      assertThat(store.fact("a")).contains("b");
      long begin = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> store.putFact("a", "c")).isInstanceOf(StoreException.class);
      }
      // Who writes each second must not wait for each.
      assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(2));
      assertThatThrownBy(() -> store.history(null, 1)).hasMessageContaining("no answer");
    } finally {
      etcd.goOn();
    }

    until(() -> store.trouble() == null);

    store.write("bob", List.of(put(new ResourceKey("Service", "shop", "late"), "{}")));
    reopen();
    assertThat(store.fact("a")).contains("b");
    assertThat(store.resources().find(ORDERS)).isPresent();
    // It was on its way when etcd stopped: it may have been done, whole, or not.
    assertThat(store.history(null, 10)).hasSize((int) store.resources().revision());
  }

  @Test
  void open_decidedWriteThatWasNotDone_isDone() throws Exception {
    store.write("ann", List.of(put(ORDERS, "{\"a\":1}")));
    store.close();
    Instant at = Instant.parse("2026-11-27T10:00:00Z");
    EtcdKeys keys = new EtcdKeys(address.prefix());
    Ops ops = new Ops(keys);
    try (EtcdClient client = new EtcdClient(address)) {
      client.txn(
          TxnRequest.newBuilder()
              .addSuccess(
                  ops.history(
                      2, 0, List.of(new Change(2, at, "bob", ORDERS, "{\"a\":1}", "{\"a\":2}"))))
              .addSuccess(
                  ops.history(2, 1, List.of(new Change(2, at, "bob", STOCK, null, "{\"b\":1}"))))
              // Prepared, and not decided.
              .addSuccess(
                  ops.history(3, 0, List.of(new Change(3, at, "cid", STOCK, null, "{\"c\":1}"))))
              .addSuccess(EtcdKeys.put(keys.revision(), "2 decided"))
              .addSuccess(
                  EtcdKeys.put(
                      keys.pending(), new Records.Pending(2, new Actor("bob", ""), at).text()))
              .build());
    }

    store = openStore();

    assertThat(store.resources().revision()).isEqualTo(2);
    assertThat(store.resources().find(ORDERS).orElseThrow().body()).isEqualTo("{\"a\":2}");
    assertThat(store.resources().find(STOCK).orElseThrow().revision()).isEqualTo(2);
    assertThat(store.history(null, 10)).extracting(Change::revision).containsExactly(2L, 2L, 1L);
    assertThat(store.audit(new AuditQuery(false, null, "bob", 10)))
        .extracting(AuditEntry::action)
        .containsExactlyInAnyOrder("resource.change", "resource.create");
    reopen();
    assertThat(store.write("dan", List.of(put(STOCK, "{}"))).revision()).isEqualTo(3);
  }

  @Test
  void open_newerFormatOrHalfOfAStore_isRefused() throws Exception {
    EtcdKeys keys = new EtcdKeys("odd-" + mesh);
    EtcdAddress odd = address("odd-" + mesh);
    try (EtcdClient client = new EtcdClient(odd)) {
      client.txn(TxnRequest.newBuilder().addSuccess(EtcdKeys.put(keys.fact("a"), "b")).build());
      assertThatThrownBy(() -> EtcdResourceStore.open(odd, "x", false, Clock.systemUTC()))
          .hasMessageContaining("there is half of one under");
      client.txn(TxnRequest.newBuilder().addSuccess(EtcdKeys.put(keys.format(), "2")).build());
    }

    assertThatThrownBy(() -> EtcdResourceStore.open(odd, "x", false, Clock.systemUTC()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'2' (expected: 1");
    assertThatThrownBy(() -> EtcdFiller.in(odd, "x"))
        .hasMessageContaining("holds a controller's data (expected: another prefix");
  }

  @Test
  void filler_notFinishedYet_keepsControllersOut() throws Exception {
    try (Filler filler = filler()) {
      filler.take(new Item.Secret("root.pem", "sealed"));
      assertThatThrownBy(this::openFilled).hasMessageContaining("in use by the controller filler");
    }
  }

  @Test
  void open_nobodyThere_saysWhere() {
    EtcdAddress nowhere = EtcdAddress.parse("etcd://127.0.0.1:1", null, null, null);

    assertThatThrownBy(() -> EtcdResourceStore.open(nowhere, "x", false, Clock.systemUTC()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("store: etcd://127.0.0.1:1/endomesh: no answer")
        .hasMessageContaining("(expected: etcd 3.4 or newer that answers there)");
  }

  @Test
  void cluster_membersDie_goesOnWithTheOthers(@TempDir Path data) throws Exception {
    try (RealEtcd three = RealEtcd.start(data, 3, List.of())) {
      try (EtcdResourceStore there =
          EtcdResourceStore.open(three.address(), "one", false, Clock.systemUTC())) {
        there.write("ann", List.of(put(ORDERS, "{}")));

        three.kill(0);

        // A leader may have to be elected: until then writes are refused.
        until(
            () -> {
              try {
                return there.write("ann", List.of(put(STOCK, "{}"))).find(STOCK).isPresent();
              } catch (StoreException e) {
                return false;
              }
            });
        assertThat(there.history(STOCK, 10)).hasSize(1);
        three.kill(1);
        assertThatThrownBy(() -> there.putFact("a", "b"))
            .hasMessageContaining("none of its members answers");
      }
    }
  }

  @Test
  void tls_withCertificates_isSpoken(@TempDir Path data) throws Exception {
    Path key = data.resolve("key.pem");
    Path certificate = data.resolve("cert.pem");
    List<String> openssl = new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey", "ec"));
    openssl.addAll(List.of("-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"));
    openssl.addAll(List.of("-subj", "/CN=etcd", "-addext", "subjectAltName=IP:127.0.0.1"));
    openssl.addAll(List.of("-keyout", key.toString(), "-out", certificate.toString()));
    assertThat(new ProcessBuilder(openssl).redirectErrorStream(true).start().waitFor()).isZero();
    try (RealEtcd secured =
        RealEtcd.start(
            data,
            1,
            List.of(
                "--cert-file=" + certificate,
                "--key-file=" + key,
                "--trusted-ca-file=" + certificate,
                "--client-cert-auth"))) {
      EtcdAddress known = EtcdAddress.parse(secured.url(), certificate, certificate, key);
      try (ResourceStore there = EtcdResourceStore.open(known, "x", false, Clock.systemUTC())) {
        assertThat(there.write("ann", List.of(put(ORDERS, "{}"))).revision()).isEqualTo(1);
      }
      EtcdAddress nobody = EtcdAddress.parse(secured.url(), certificate, null, null);
      assertThatThrownBy(() -> EtcdResourceStore.open(nobody, "x", false, Clock.systemUTC()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no answer");
      // The certificate is for the address, and this is another host.
      String elsewhere = secured.url().replace("127.0.0.1", "localhost");
      EtcdAddress named = EtcdAddress.parse(elsewhere, certificate, certificate, key);
      assertThatThrownBy(() -> EtcdResourceStore.open(named, "x", false, Clock.systemUTC()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no answer");
      Path others = Files.createFile(data.resolve("no.pem"));
      EtcdAddress wrong = EtcdAddress.parse(secured.url(), others, null, null);
      assertThatThrownBy(() -> EtcdResourceStore.open(wrong, "x", false, Clock.systemUTC()))
          .isInstanceOf(IOException.class);
    }
  }

  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("the time is over");
      }
    }
  }
}
