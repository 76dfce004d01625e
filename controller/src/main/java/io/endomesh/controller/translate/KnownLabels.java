package io.endomesh.controller.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.translate.CallerLabels.Members;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The labels of callers that are not there: what a policy lets in goes on being let in while its
 * agent has lost the controller, or the controller starts anew, and what it keeps out stays out.
 * Only of labels that policies ask for. Kept in the store. Not thread-safe.
 */
final class KnownLabels {

  private static final Logger log = LoggerFactory.getLogger(KnownLabels.class);

  private static final String PREFIX = "caller-labels/";

  /**
   * As long as a certificate is good: who has not come back for another by then proves no identity.
   */
  private static final Duration REMEMBERED = Duration.ofHours(24);

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Fact(List<Map<String, String>> given, Map<String, Set<String>> said) {}

  private record Known(Members members, long lastSeenNanos) {}

  private final ResourceStore store;
  private final LongSupplier nanoTime;
  private final Map<ServiceKey, Known> identities = new TreeMap<>();

  KnownLabels(ResourceStore store, LongSupplier nanoTime) {
    this.store = store;
    this.nanoTime = nanoTime;
    store
        .facts(PREFIX)
        .forEach(
            (name, value) -> {
              String[] parts = name.substring(PREFIX.length()).split("/", 2);
              try {
                Fact fact = JSON.readValue(value, new TypeReference<Fact>() {});
                identities.put(
                    new ServiceKey(parts[0], parts[1]),
                    new Known(
                        new Members(new HashSet<>(fact.given()), fact.said()),
                        nanoTime.getAsLong()));
              } catch (JsonProcessingException | RuntimeException e) {
                log.warn("{}: not readable; known again when its workloads are back", name);
              }
            });
  }

  /**
   * Of identities whose workloads are not all there.
   *
   * @param asked names of the labels that policies ask for
   * @param settled false while workloads may be missing that only have not come back yet
   */
  Map<ServiceKey, Members> update(List<Workload> workloads, Set<String> asked, boolean settled) {
    long now = nanoTime.getAsLong();
    Map<ServiceKey, Set<Workload>> present = CallerLabels.byIdentity(workloads);
    Map<ServiceKey, Members> missing = new HashMap<>();
    for (Map.Entry<ServiceKey, Known> entry : Map.copyOf(identities).entrySet()) {
      ServiceKey key = entry.getKey();
      Known known = entry.getValue();
      boolean there = present.containsKey(key);
      if (asked.isEmpty() || !there && now - known.lastSeenNanos() > REMEMBERED.toNanos()) {
        forget(key);
      } else if (!there || !settled) {
        missing.put(key, known.members());
      }
    }
    if (!asked.isEmpty()) {
      present.forEach(
          (key, members) -> {
            Members seen = Members.of(members, asked);
            remember(key, settled ? seen : seen.and(missing.getOrDefault(key, Members.NONE)), now);
          });
    }
    return missing;
  }

  private void remember(ServiceKey key, Members members, long now) {
    Known before = identities.put(key, new Known(members, now));
    if (before != null && before.members().equals(members)) {
      return;
    }
    try {
      Map<String, Set<String>> said = new TreeMap<>();
      members.said().forEach((name, values) -> said.put(name, new TreeSet<>(values)));
      store.putFact(
          PREFIX + key.namespace() + "/" + key.name(),
          JSON.writeValueAsString(new Fact(List.copyOf(members.given()), said)));
    } catch (StoreException | JsonProcessingException e) {
      log.warn("the labels of {} are not known after a restart: {}", key, e.getMessage());
    }
  }

  private void forget(ServiceKey key) {
    identities.remove(key);
    try {
      store.removeFact(PREFIX + key.namespace() + "/" + key.name());
    } catch (StoreException e) {
      log.debug("the labels of {} are remembered after a restart: {}", key, e.getMessage());
    }
  }
}
