package io.endomesh.controller.translate;

import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadPort;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services that workloads have made by registering, with their ports. It gives a service one
 * primary port for as long as it lives, although each instance on a machine binds another; and it
 * remembers a service for a while after its last workload left, so that callers hear "no endpoint"
 * instead of "no such host". Kept in the store, so that both survive the controller. Not
 * thread-safe.
 */
final class KnownServices {

  private static final Logger log = LoggerFactory.getLogger(KnownServices.class);

  private static final String PREFIX = "service-ports/";

  /** Longer than a deployment that stops the old before it starts the new. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private static final class Known {
    List<Integer> ports;
    long lastSeenNanos;

    Known(List<Integer> ports, long lastSeenNanos) {
      this.ports = ports;
      this.lastSeenNanos = lastSeenNanos;
    }
  }

  private final ResourceStore store;
  private final LongSupplier nanoTime;
  private final Map<ServiceKey, Known> services = new TreeMap<>();

  KnownServices(ResourceStore store, LongSupplier nanoTime) {
    this.store = store;
    this.nanoTime = nanoTime;
    store
        .facts(PREFIX)
        .forEach(
            (name, value) -> {
              String[] parts = name.substring(PREFIX.length()).split("/", 2);
              services.put(
                  new ServiceKey(parts[0], parts[1]),
                  new Known(parse(value), nanoTime.getAsLong()));
            });
  }

  /** Services with their ports, the primary one first. */
  Map<ServiceKey, List<Integer>> update(List<Workload> workloads) {
    long now = nanoTime.getAsLong();
    Map<ServiceKey, List<Workload>> byService = new HashMap<>();
    for (Workload workload : workloads) {
      byService
          .computeIfAbsent(
              new ServiceKey(workload.namespace(), workload.service()), key -> new ArrayList<>())
          .add(workload);
    }
    byService.forEach((key, members) -> update(key, members, now));
    forget(now);
    Map<ServiceKey, List<Integer>> result = new TreeMap<>();
    services.forEach((key, known) -> result.put(key, known.ports));
    return result;
  }

  private void update(ServiceKey key, List<Workload> members, long now) {
    Known known = services.get(key);
    List<Integer> before = known == null ? List.of() : known.ports;
    List<Integer> ports = ports(before, members);
    if (known == null) {
      services.put(key, new Known(ports, now));
    } else {
      known.ports = ports;
      known.lastSeenNanos = now;
    }
    if (!ports.equals(before)) {
      save(key, ports);
    }
  }

  /**
   * Those of a workload that has the primary port; else as before; else of the longest known one.
   */
  private static List<Integer> ports(List<Integer> before, List<Workload> members) {
    for (Workload member : members) {
      List<Integer> own = member.ports().stream().map(WorkloadPort::number).toList();
      if (!own.isEmpty() && (before.isEmpty() || own.get(0).equals(before.get(0)))) {
        return own;
      }
    }
    return before;
  }

  private void forget(long now) {
    for (Iterator<Map.Entry<ServiceKey, Known>> i = services.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<ServiceKey, Known> entry = i.next();
      if (now - entry.getValue().lastSeenNanos > REMEMBERED.toNanos()) {
        i.remove();
        try {
          store.removeFact(fact(entry.getKey()));
        } catch (StoreException e) {
          log.warn(
              "{} is forgotten now and remembered after a restart: {}",
              entry.getKey(),
              e.getMessage());
        }
      }
    }
  }

  private void save(ServiceKey key, List<Integer> ports) {
    try {
      store.putFact(fact(key), String.join(",", ports.stream().map(String::valueOf).toList()));
    } catch (StoreException e) {
      log.warn("the ports of {} may change at a restart: {}", key, e.getMessage());
    }
  }

  private static String fact(ServiceKey key) {
    return PREFIX + key.namespace() + "/" + key.name();
  }

  private static List<Integer> parse(String value) {
    List<Integer> ports = new ArrayList<>();
    for (String port : value.split(",")) {
      if (!port.isEmpty()) {
        ports.add(Integer.valueOf(port));
      }
    }
    return ports;
  }
}
