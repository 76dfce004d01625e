package io.endomesh.controller.fault;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.translate.InjectedFault;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fault tests there are, each a fact in the store. One whose time is over is over, whether that
 * could be written down or not, and whoever was away meanwhile: callers have the end with the
 * fault, and end it as well. Thread-safe.
 */
public final class FaultTests {

  private static final Logger log = LoggerFactory.getLogger(FaultTests.class);

  /** Of the facts in the store; the id follows. */
  private static final String FACTS = "fault/";

  /** Tests that ended and are still told of; the audit log keeps them longer. */
  private static final int MAX_ENDED = 50;

  private final ResourceStore store;
  private final Clock clock;
  // All guarded by this.
  private final Map<String, FaultTest> tests = new TreeMap<>();
  private final Set<String> unsaved = new HashSet<>();
  private Runnable changed = () -> {};

  public FaultTests(ResourceStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    store.facts(FACTS).forEach(this::remember);
  }

  /** What cannot be done, in a sentence. */
  static final class Refused extends Exception {

    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  private void remember(String name, String fact) {
    try {
      FaultTest test = FaultJson.read(fact);
      tests.put(test.id(), test);
    } catch (IllegalArgumentException | DateTimeException e) {
      log.warn(
          "{}: not readable as a fault test ({}); it is over, whatever it was",
          name,
          e.getMessage());
    }
  }

  /**
   * @param listener is called when others run than before
   */
  public synchronized void watch(Runnable listener) {
    changed = listener;
  }

  /** To be put on the routes now. */
  public synchronized List<InjectedFault> injected() {
    Instant now = clock.instant();
    return tests.values().stream()
        .filter(test -> test.isRunning(now))
        .map(FaultTest::injected)
        .toList();
  }

  /** Those that run, as JSON; newest first. */
  public ArrayNode running() {
    Instant now = clock.instant();
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    list().stream()
        .filter(test -> test.isRunning(now))
        .forEach(test -> list.add(FaultJson.write(test, now)));
    return list;
  }

  /** Newest first. */
  synchronized List<FaultTest> list() {
    return tests.values().stream()
        .sorted(Comparator.comparing(FaultTest::startedAt).reversed())
        .toList();
  }

  synchronized Optional<FaultTest> find(String id) {
    return Optional.ofNullable(tests.get(id));
  }

  /** One service has one test at a time: two at once explain nothing. */
  synchronized void start(Actor by, FaultTest test) throws Refused, StoreException {
    Instant now = clock.instant();
    for (FaultTest other : tests.values()) {
      if (other.service().equals(test.service()) && other.isRunning(now)) {
        throw new Refused(
            "fault test "
                + other.id()
                + " of "
                + other.by()
                + " runs for "
                + other.service().namespace()
                + "/"
                + other.service().name()
                + " (expected: none; stop it first)");
      }
    }
    forgetOldest(now);
    save(test, by.did("fault.start", test.subject()));
    log.warn("fault test {} of {} begins: {}", test.id(), test.by(), test.subject());
    changed.run();
  }

  synchronized FaultTest stop(Actor by, String id) throws Refused {
    Instant now = clock.instant();
    FaultTest test = tests.get(id);
    if (test == null || !test.isRunning(now)) {
      throw new Refused(
          "fault test "
              + id
              + ": "
              + (test == null ? "there is none" : "has ended")
              + " (expected: one that runs)");
    }
    FaultTest stopped = test.ended(now, by.name());
    // In memory whatever the disk says: a stop that fails for a full disk would be no stop.
    tests.put(id, stopped);
    changed.run();
    log.info("fault test {} was stopped by {}", id, by.name());
    saveLater(stopped, by.did("fault.stop", stopped.subject()));
    return stopped;
  }

  /** To be called every moment: ends those whose time is over. */
  public synchronized void tick() {
    try {
      Instant now = clock.instant();
      for (String id : new ArrayList<>(unsaved)) {
        FaultTest test = tests.get(id);
        if (test != null) {
          saveLater(test, null);
        }
      }
      for (FaultTest test : new ArrayList<>(tests.values())) {
        if (test.end() == null && !test.isRunning(now)) {
          FaultTest ended = test.ended(test.until(), null);
          tests.put(test.id(), ended);
          changed.run();
          log.info("fault test {} of {} is over", test.id(), test.by());
          saveLater(ended, Actor.CONTROLLER.did("fault.end", ended.subject()));
        }
      }
    } catch (RuntimeException e) {
      // It would end the timer, and with it the ends of all others.
      log.error("fault tests are looked at again in a moment", e);
    }
  }

  private void save(FaultTest test, AuditEntry entry) throws StoreException {
    store.putFact(FACTS + test.id(), json(test), entry);
    tests.put(test.id(), test);
    unsaved.remove(test.id());
  }

  private void saveLater(FaultTest test, @Nullable AuditEntry entry) {
    try {
      if (entry == null) {
        store.putFact(FACTS + test.id(), json(test));
      } else {
        store.putFact(FACTS + test.id(), json(test), entry);
      }
      unsaved.remove(test.id());
    } catch (StoreException e) {
      if (unsaved.add(test.id())) {
        log.error("fault test {}: its end is not kept yet, {}", test.id(), e.getMessage());
      }
    }
  }

  private String json(FaultTest test) {
    return FaultJson.write(test, clock.instant()).toString();
  }

  private void forgetOldest(Instant now) throws StoreException {
    List<FaultTest> ended = list().stream().filter(test -> !test.isRunning(now)).toList();
    for (FaultTest old : ended.subList(Math.min(MAX_ENDED, ended.size()), ended.size())) {
      store.removeFact(FACTS + old.id());
      tests.remove(old.id());
      unsaved.remove(old.id());
    }
  }
}
