package io.endomesh.controller.telemetry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * From which addresses callers without an identity call each service, by the spans of servers. It
 * says who they are; how many calls there were, and whether there were any at all, is counted in
 * {@link Rollups}, since not every call is traced. Thread-safe.
 */
public final class PlainCallers {

  /** Of each service; those heard of last stay. */
  private static final int MAX_ADDRESSES = 100;

  /** An IPv6 address with a zone; what is longer is none. */
  private static final int MAX_ADDRESS_LENGTH = 100;

  private static final String ADDRESS = "client.address";

  /** What a table shows of it. */
  private static final int MAX_OPERATION_LENGTH = 200;

  // Guarded by this.
  private final Map<String, Map<String, Caller>> byService = new HashMap<>();

  /**
   * One address.
   *
   * @param operation of the last call, {@code GET /stock/tea}
   * @param traced calls of which there was a span
   */
  public record Caller(String address, String operation, long traced, Instant lastAt) {

    private Caller and(Caller later) {
      return new Caller(address, later.operation, traced + 1, later.lastAt);
    }
  }

  synchronized void add(List<Span> spans) {
    for (Span span : spans) {
      String address = span.attributes().get(ADDRESS);
      if (span.kind().equals("SERVER")
          && address != null
          && address.length() <= MAX_ADDRESS_LENGTH
          && !span.attributes().containsKey(CallAttributes.CALLER)) {
        add(span, address);
      }
    }
  }

  private void add(Span span, String address) {
    Map<String, Caller> callers =
        byService.computeIfAbsent(span.service(), service -> new LinkedHashMap<>());
    String operation = span.operation();
    Caller now =
        new Caller(
            address,
            operation.substring(0, Math.min(operation.length(), MAX_OPERATION_LENGTH)),
            1,
            Instant.ofEpochMilli(TimeUnit.NANOSECONDS.toMillis(span.endNanos())));
    Caller before = callers.remove(address);
    // It moves to the end, so that the first is the one not heard of for longest.
    callers.put(address, before == null ? now : before.and(now));
    if (callers.size() > MAX_ADDRESSES) {
      callers.remove(callers.keySet().iterator().next());
    }
  }

  /** Of one service, the last first. */
  public synchronized List<Caller> of(String service) {
    List<Caller> callers = new ArrayList<>(byService.getOrDefault(service, Map.of()).values());
    callers.sort(Comparator.comparing(Caller::lastAt).reversed());
    return callers;
  }
}
