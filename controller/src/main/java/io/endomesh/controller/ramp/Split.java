package io.endomesh.controller.ramp;

import io.endomesh.controller.store.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a resource that divides calls by weight, as it stands at one revision. Immutable.
 *
 * @param rule its place among the rules of the resource
 * @param matches what it is for, in words; empty: all calls
 * @param counts whether callers obey it now, and {@code why}
 */
record Split(
    ResourceKey resource,
    long revision,
    int rule,
    String matches,
    boolean counts,
    String why,
    List<Backend> backends) {

  /** Shares are whole percents. */
  static final int WHOLE = 100;

  Split {
    backends = List.copyOf(backends);
  }

  int sum() {
    return backends.stream().mapToInt(Backend::weight).sum();
  }

  /** Of the calls, 0 to 1. */
  double share(int backend) {
    return sum() == 0 ? 0 : (double) backends.get(backend).weight() / sum();
  }

  /** As they are written, null where nothing is. */
  List<@Nullable Integer> written() {
    List<@Nullable Integer> written = new ArrayList<>();
    backends.forEach(backend -> written.add(backend.written()));
    return written;
  }

  /**
   * @return -1 if there is none
   */
  int indexOf(String name) {
    for (int i = 0; i < backends.size(); i++) {
      if (backends.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  List<String> names() {
    return backends.stream().map(Backend::name).toList();
  }

  /**
   * Weights by which one side has so many percent. The others share the rest as they do now; who of
   * them has calls keeps some.
   */
  List<Integer> weights(int to, int percent) {
    int rest = WHOLE - percent;
    int others = sum() - backends.get(to).weight();
    List<Integer> weights = new ArrayList<>();
    Map<Double, List<Integer>> byRemainder = new TreeMap<>((a, b) -> Double.compare(b, a));
    int given = 0;
    for (int i = 0; i < backends.size(); i++) {
      if (i == to) {
        weights.add(percent);
        continue;
      }
      int weight = backends.get(i).weight();
      double exact = others == 0 ? 0 : (double) rest * weight / others;
      int whole = weight > 0 && rest > 0 ? Math.max(1, (int) exact) : (int) exact;
      weights.add(whole);
      given += whole;
      if (weight > 0) {
        byRemainder.computeIfAbsent(exact - whole, key -> new ArrayList<>()).add(i);
      }
    }
    List<Integer> order = byRemainder.values().stream().flatMap(List::stream).toList();
    for (int i = 0; given < rest && !order.isEmpty(); i++) {
      int at = order.get(i % order.size());
      weights.set(at, weights.get(at) + 1);
      given++;
    }
    return weights;
  }
}
