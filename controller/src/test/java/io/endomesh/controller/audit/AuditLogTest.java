package io.endomesh.controller.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.AuditQuery;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.dataplane.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

  private static final AuditQuery ALL = new AuditQuery(false, null, null, 100_000);

  @TempDir Path directory;
  private final FakeClock clock = new FakeClock();
  private ResourceStore store;
  private AuditLog log;

  @BeforeEach
  void open() throws Exception {
    store = SqliteResourceStore.open(directory, clock);
    log = new AuditLog(store, clock);
  }

  @AfterEach
  void close() {
    log.close();
    store.close();
  }

  private static AuditEntry denied(String address, String subject) {
    return AuditEntry.denied(
        new Actor("nobody", address), "GET /api/v1/status", subject, "no session");
  }

  private static long times(List<AuditEntry> entries) {
    return entries.stream().mapToLong(AuditEntry::times).sum();
  }

  @Test
  void note_floodOfDifferentDenials_isCountedAndNotKept() {
    for (int i = 0; i < 100_000; i++) {
      log.note(denied("192.0.2." + i, "/" + i));
    }

    List<AuditEntry> entries = log.read(ALL);
    assertThat(times(entries)).isEqualTo(100_000);
    assertThat(entries).hasSizeLessThanOrEqualTo(2 * (AuditLog.MAX_DIFFERENT + 1));
    assertThat(entries)
        .anyMatch(
            entry ->
                entry.actor().name().equals("various")
                    && entry.why().equals("too many different denials to tell apart"));
  }

  @Test
  void note_afterTheMinute_beginsAnew() {
    log.note(denied("192.0.2.1", "/a"));
    log.note(denied("192.0.2.1", "/b"));
    assertThat(log.read(ALL)).hasSize(1);

    clock.advance(Duration.ofMinutes(2));
    log.read(ALL);
    log.note(denied("192.0.2.1", "/c"));

    List<AuditEntry> entries = log.read(ALL);
    assertThat(entries).hasSize(2);
    assertThat(entries.get(0).subject()).isEqualTo("/c");
    assertThat(entries.get(1).times()).isEqualTo(2);
  }

  @Test
  void note_textOfCallers_isOneBoundedLine() {
    log.note(denied("192.0.2.1", "a\n\u001b[2J" + "x".repeat(10_000)));

    assertThat(log.read(ALL).get(0).subject()).startsWith("a  [2Jx").hasSizeLessThan(310);
  }

  @Test
  void read_byUserTimeAndDenial_findsWhatIsAskedFor() {
    log.note(new Actor("anna", "192.0.2.1").did("login", "anna"));
    clock.advance(Duration.ofMinutes(5));
    log.note(denied("192.0.2.2", "/a"));

    assertThat(log.read(new AuditQuery(true, null, null, 10))).hasSize(1);
    assertThat(log.read(new AuditQuery(false, null, "anna", 10))).hasSize(1);
    assertThat(log.read(new AuditQuery(false, clock.instant(), null, 10))).hasSize(1);
    assertThat(log.read(new AuditQuery(false, null, null, 1)).get(0).denied()).isTrue();
    assertThat(log.read(ALL)).hasSize(2);
  }
}
