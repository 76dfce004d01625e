package io.endomesh.controller.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.AuditQuery;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.controller.translate.InjectedFault;
import io.endomesh.controller.translate.ServiceKey;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultTestsTest {

  private static final Actor ANNA = new Actor("anna", "127.0.0.1");
  private static final Actor BERT = new Actor("bert", "127.0.0.1");
  private static final Instant START = Instant.parse("2026-11-27T10:00:00Z");

  @TempDir private Path directory;
  private Instant now = START;
  private SqliteResourceStore store;
  private FaultTests tests;

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  @BeforeEach
  void open() throws Exception {
    store = SqliteResourceStore.open(directory, clock);
    tests = new FaultTests(store, clock);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void start_untilItsEnd_isPutOnRoutes_andNotAMomentLonger() throws Exception {
    AtomicInteger changes = new AtomicInteger();
    tests.watch(changes::incrementAndGet);
    tests.start(ANNA, test("one", "orders", Duration.ofMinutes(5)));

    assertThat(tests.injected()).hasSize(1);
    assertThat(changes).hasValue(1);
    InjectedFault fault = tests.injected().get(0);
    assertThat(fault.name()).isEqualTo("FaultTest/shop/one");
    assertThat(fault.fault().abortStatus()).isEqualTo(503);
    assertThat(fault.fault().abortPerMillion()).isEqualTo(100_000);
    assertThat(fault.fault().until()).isEqualTo(START.plusSeconds(300));

    now = START.plusSeconds(299);
    tests.tick();
    assertThat(tests.running()).hasSize(1);
    now = START.plusSeconds(300);
    assertThat(tests.injected()).isEmpty();
    assertThat(changes).hasValue(1);
    tests.tick();

    assertThat(changes).hasValue(2);
    assertThat(tests.running()).isEmpty();
    assertThat(tests.list().get(0).end())
        .isEqualTo(new FaultTest.End(START.plusSeconds(300), null));
    assertThat(audited()).containsExactly("controller fault.end", "anna fault.start");
  }

  @Test
  void restart_whileItRuns_goesOn_andEndsAtTheSameTime() throws Exception {
    tests.start(ANNA, test("one", "orders", Duration.ofMinutes(5)));
    now = START.plusSeconds(60);

    restart();

    assertThat(tests.injected()).hasSize(1);
    assertThat(tests.injected().get(0).fault().until()).isEqualTo(START.plusSeconds(300));
    now = START.plusSeconds(300);
    tests.tick();
    assertThat(tests.injected()).isEmpty();
  }

  @Test
  void restart_afterItsEnd_itIsOverFromTheFirstMoment_andWrittenDown() throws Exception {
    tests.start(ANNA, test("one", "orders", Duration.ofMinutes(5)));
    now = START.plus(Duration.ofHours(1));

    restart();

    assertThat(tests.injected()).isEmpty();
    assertThat(tests.running()).isEmpty();
    tests.tick();
    restart();
    FaultTest.End end = tests.list().get(0).end();
    assertThat(end).isEqualTo(new FaultTest.End(START.plusSeconds(300), null));
    assertThat(audited()).containsExactly("controller fault.end", "anna fault.start");
  }

  @Test
  void stop_byAnother_endsItNow_andSaysWho() throws Exception {
    tests.start(ANNA, test("one", "orders", Duration.ofMinutes(5)));
    now = START.plusSeconds(10);

    FaultTest stopped = tests.stop(BERT, "one");

    assertThat(stopped.end()).isEqualTo(new FaultTest.End(now, "bert"));
    assertThat(tests.injected()).isEmpty();
    restart();
    assertThat(tests.injected()).isEmpty();
    assertThat(FaultJson.write(tests.list().get(0), now).toString())
        .contains("\"state\":\"stopped\"", "\"by\":\"anna\"", "\"endedBy\":\"bert\"");
    assertThat(audited()).containsExactly("bert fault.stop", "anna fault.start");
    assertThatThrownBy(() -> tests.stop(BERT, "one"))
        .hasMessage("fault test one: has ended (expected: one that runs)");
  }

  @Test
  void start_ofAServiceThatHasOne_isRefused_untilThatEnds() throws Exception {
    tests.start(ANNA, test("one", "orders", Duration.ofMinutes(5)));
    tests.start(ANNA, test("two", "carts", Duration.ofMinutes(5)));

    assertThatThrownBy(() -> tests.start(BERT, test("three", "orders", Duration.ofMinutes(1))))
        .hasMessage("fault test one of anna runs for shop/orders (expected: none; stop it first)");
    now = START.plusSeconds(300);
    tests.start(BERT, test("three", "orders", Duration.ofMinutes(1)));
    assertThat(tests.injected()).hasSize(1);
  }

  @Test
  void list_ofManyThatEnded_keepsTheNewestFifty_andAllThatRun() throws Exception {
    tests.start(ANNA, test("first", "carts", Duration.ofHours(20)));
    for (int i = 0; i < 60; i++) {
      now = now.plusSeconds(2);
      tests.start(ANNA, test("t" + i, "orders", Duration.ofSeconds(1)));
      now = now.plusSeconds(2);
      tests.tick();
    }

    restart();

    assertThat(tests.list()).hasSizeLessThanOrEqualTo(53);
    assertThat(tests.list().get(0).id()).isEqualTo("t59");
    assertThat(tests.find("first")).isPresent();
    assertThat(tests.find("t0")).isEmpty();
  }

  private void restart() throws Exception {
    store.close();
    open();
  }

  private FaultTest test(String id, String service, Duration time) {
    return new FaultTest(
        id,
        new ServiceKey("shop", service),
        null,
        null,
        Duration.ZERO,
        503,
        -1,
        100_000,
        "anna",
        now,
        now.plus(time),
        null);
  }

  private List<String> audited() {
    return store.audit(new AuditQuery(false, null, null, 100)).stream()
        .map((AuditEntry entry) -> entry.actor().name() + " " + entry.action())
        .toList();
  }
}
