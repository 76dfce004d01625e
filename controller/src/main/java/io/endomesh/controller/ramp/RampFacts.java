package io.endomesh.controller.ramp;

import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import java.time.Clock;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ramps there are, each a fact in the store. Not thread-safe. */
final class RampFacts {

  private static final Logger log = LoggerFactory.getLogger(RampFacts.class);

  /** Of the facts in the store; the id follows. */
  private static final String FACTS = "ramp/";

  /** Ramps that ended and are still told of; the history keeps what they did for ever. */
  private static final int MAX_ENDED = 50;

  private final ResourceStore store;
  private final Map<String, Ramp> ramps = new TreeMap<>();
  private final Set<String> unsaved = new HashSet<>();

  RampFacts(ResourceStore store, Clock clock) {
    this.store = store;
    store.facts(FACTS).forEach((name, fact) -> remember(name, fact, clock));
  }

  private void remember(String name, String fact, Clock clock) {
    try {
      Ramp ramp = RampJson.read(fact);
      if (ramp.isActive() && ramp.state().pending() == null) {
        // What callers saw before is not known any more.
        ramp =
            ramp.with(
                ramp.state()
                    .at(
                        ramp.state().status(),
                        clock.instant(),
                        "the controller was restarted, the step begins anew"));
      }
      ramps.put(ramp.plan().id(), ramp);
    } catch (IllegalArgumentException | DateTimeException e) {
      log.warn(
          "{}: not readable as a ramp ({}); it is not gone on with, and the weights stay",
          name,
          e.getMessage());
    }
  }

  /** Newest first. */
  List<Ramp> list() {
    return ramps.values().stream()
        .sorted(Comparator.comparing((Ramp ramp) -> ramp.plan().startedAt()).reversed())
        .toList();
  }

  @Nullable Ramp find(String id) {
    return ramps.get(id);
  }

  /** What somebody asked for, with its line in the audit log: both or neither. */
  void save(Ramp ramp, AuditEntry entry) throws StoreException {
    forgetOldest();
    store.putFact(FACTS + ramp.plan().id(), RampJson.write(ramp).toString(), entry);
    keep(ramp);
    unsaved.remove(ramp.plan().id());
  }

  /** In memory alone. */
  void keep(Ramp ramp) {
    ramps.put(ramp.plan().id(), ramp);
  }

  /**
   * Keeps it in memory in any case; what the disk does not take now is tried again later.
   *
   * @return whether it is on disk
   */
  boolean saveLater(Ramp ramp, @Nullable AuditEntry entry) {
    String id = ramp.plan().id();
    keep(ramp);
    try {
      String fact = RampJson.write(ramp).toString();
      if (entry == null) {
        store.putFact(FACTS + id, fact);
      } else {
        store.putFact(FACTS + id, fact, entry);
      }
      unsaved.remove(id);
      return true;
    } catch (StoreException e) {
      log.error("ramp {}: not kept yet, {}", id, e.getMessage());
      unsaved.add(id);
      return false;
    }
  }

  void saveAgain() {
    for (String id : new ArrayList<>(unsaved)) {
      Ramp ramp = ramps.get(id);
      if (ramp != null) {
        saveLater(ramp, null);
      }
    }
  }

  boolean isSaved(Ramp ramp) {
    return !unsaved.contains(ramp.plan().id());
  }

  private void forgetOldest() throws StoreException {
    List<Ramp> ended = list().stream().filter(ramp -> !ramp.isActive()).toList();
    for (Ramp old : ended.subList(Math.min(MAX_ENDED, ended.size()), ended.size())) {
      store.removeFact(FACTS + old.plan().id());
      ramps.remove(old.plan().id());
    }
  }
}
