package io.endomesh.controller.ramp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.ServiceKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a body of the API asks for; each method says in an {@link IllegalArgumentException} what is
 * wrong with it. Stateless.
 */
final class Asked {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<Integer> STEPS = List.of(1, 5, 10, 25, 50, 100);

  private static final int MAX_STEPS = 100;

  private static final Duration EVERY = Duration.ofSeconds(30);

  private static final Duration LONGEST = Duration.ofDays(7);

  /** One failure of twenty calls is much for a version that is to take them all. */
  private static final double MAX_ERROR_SHARE = 0.05;

  private static final int MIN_CALLS = 20;

  private static final int MAX_MIN_CALLS = 1_000_000_000;

  private static final int MAX_WEIGHT = 1_000_000;

  private Asked() {}

  static JsonNode body(String body, Set<String> known) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("body: no JSON (expected: an object)", e);
    }
    if (json == null || !json.isObject()) {
      throw new IllegalArgumentException("body: no object (expected: {…})");
    }
    onlyKnown(json, "", known);
    return json;
  }

  private static void onlyKnown(JsonNode json, String path, Set<String> known) {
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new IllegalArgumentException(
                    path + name + ": unknown (expected: " + String.join(", ", known) + ")");
              }
            });
  }

  static ServiceKey service(String id) {
    String[] parts = id.split("/", -1);
    if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
      throw new IllegalArgumentException(
          "service: '" + id + "' (expected: NAMESPACE/NAME, as shop/orders)");
    }
    return new ServiceKey(parts[0], parts[1]);
  }

  /**
   * The split that is meant: the one that is named, or the only one that counts.
   *
   * @param readable namespaces that the sender may see
   */
  static Split split(
      MeshModel model,
      Resources resources,
      ServiceKey service,
      JsonNode asked,
      Predicate<String> readable) {
    List<Split> all =
        Splits.of(model, resources, service).stream()
            .filter(one -> readable.test(one.resource().namespace()))
            .toList();
    ResourceKey resource = resource(asked.path("resource"));
    JsonNode rule = asked.path("rule");
    List<Split> meant =
        all.stream()
            .filter(one -> resource == null ? one.counts() : one.resource().equals(resource))
            .filter(one -> rule.isMissingNode() || rule.isNull() || one.rule() == rule.asInt(-1))
            .toList();
    if (meant.size() == 1) {
      return meant.get(0);
    }
    List<String> names = all.stream().map(one -> one.resource() + " rule " + one.rule()).toList();
    throw new IllegalArgumentException(
        "split of "
            + service.namespace()
            + "/"
            + service.name()
            + ": "
            + (meant.isEmpty() ? "none" : meant.size() + " of them")
            + (names.isEmpty()
                ? " (expected: a route with two backends, or a VirtualService with two subsets)"
                : " (expected: resource and rule, one of " + String.join(", ", names) + ")"));
  }

  private static @Nullable ResourceKey resource(JsonNode json) {
    if (json.isMissingNode() || json.isNull()) {
      return null;
    }
    return new ResourceKey(
        json.path("kind").asText(), json.path("namespace").asText(), json.path("name").asText());
  }

  /** For each side of the split one. */
  static List<Integer> weights(Split split, JsonNode weights) {
    onlyKnown(weights, "weights.", new TreeSet<>(split.names()));
    List<Integer> list = new ArrayList<>();
    long sum = 0;
    for (String name : split.names()) {
      JsonNode weight = weights.path(name);
      if (!weight.isInt() || weight.asInt() < 0 || weight.asInt() > MAX_WEIGHT) {
        throw new IllegalArgumentException(
            "weights."
                + name
                + ": "
                + (weight.isMissingNode() ? "absent" : weight)
                + " (expected: 0 to "
                + MAX_WEIGHT
                + ", for each of "
                + String.join(", ", split.names())
                + ")");
      }
      sum += weight.asInt();
      list.add(weight.asInt());
    }
    if (sum == 0) {
      throw new IllegalArgumentException("weights: sum to 0 (expected: more; nobody would answer)");
    }
    return list;
  }

  /** That the sender saw last; without one, the newest. */
  static long revision(JsonNode resourceVersion, long newest) {
    if (!given(resourceVersion)) {
      return newest;
    }
    if (!resourceVersion.asText().matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException(
          "resourceVersion: " + resourceVersion + " (expected: that of the resource)");
    }
    return Long.parseLong(resourceVersion.asText());
  }

  static int to(Split split, JsonNode to) {
    int index = split.indexOf(to.asText());
    if (index < 0) {
      throw new IllegalArgumentException(
          "to: '" + to.asText() + "' (expected: one of " + String.join(", ", split.names()) + ")");
    }
    if (split.sum() == split.backends().get(index).weight() && split.sum() > 0) {
      throw new IllegalArgumentException(
          "to: '" + to.asText() + "' has all calls (expected: one that has not)");
    }
    return index;
  }

  /** Of those that are usual the ones that are more than it has. */
  static List<Integer> steps(Split split, int to, JsonNode steps) {
    double now = split.share(to) * Split.WHOLE;
    if (steps.isMissingNode() || steps.isNull()) {
      return STEPS.stream().filter(step -> step > now).toList();
    }
    List<Integer> list = new ArrayList<>();
    int last = 0;
    for (JsonNode step : steps) {
      if (!step.isInt() || step.asInt() <= last || step.asInt() > Split.WHOLE) {
        throw new IllegalArgumentException(
            "steps: " + step + " (expected: whole percents, each more than the one before)");
      }
      last = step.asInt();
      list.add(last);
    }
    if (list.isEmpty() || list.size() > MAX_STEPS) {
      throw new IllegalArgumentException("steps: " + list.size() + " of them (expected: 1 to 100)");
    }
    if (list.get(0) <= now) {
      throw new IllegalArgumentException(
          "steps: "
              + list.get(0)
              + " (expected: more than the "
              + Math.round(now * 10) / 10.0
              + " % that "
              + split.names().get(to)
              + " has now)");
    }
    return list;
  }

  static Duration every(JsonNode seconds) {
    if (seconds.isMissingNode() || seconds.isNull()) {
      return EVERY;
    }
    if (!seconds.isInt() || seconds.asInt() < 1 || seconds.asInt() > LONGEST.toSeconds()) {
      throw new IllegalArgumentException(
          "everySeconds: " + seconds + " (expected: 1 to " + LONGEST.toSeconds() + ")");
    }
    return Duration.ofSeconds(seconds.asInt());
  }

  static Guard guard(JsonNode guard) {
    if (!guard.isMissingNode() && !guard.isObject()) {
      throw new IllegalArgumentException("guard: " + guard + " (expected: an object)");
    }
    onlyKnown(guard, "guard.", Set.of("maxErrorShare", "maxP99Millis", "minCalls", "fewCalls"));
    JsonNode share = guard.path("maxErrorShare");
    if (given(share) && (!share.isNumber() || share.asDouble() < 0 || share.asDouble() > 1)) {
      throw new IllegalArgumentException(
          "guard.maxErrorShare: " + share + " (expected: 0 to 1, as 0.05)");
    }
    JsonNode p99 = guard.path("maxP99Millis");
    if (given(p99) && (!p99.isNumber() || p99.asDouble() <= 0)) {
      throw new IllegalArgumentException("guard.maxP99Millis: " + p99 + " (expected: more than 0)");
    }
    JsonNode calls = guard.path("minCalls");
    if (given(calls) && (!calls.isInt() || calls.asInt() < 1 || calls.asInt() > MAX_MIN_CALLS)) {
      throw new IllegalArgumentException("guard.minCalls: " + calls + " (expected: 1 or more)");
    }
    String few = guard.path("fewCalls").asText("hold");
    if (!few.equals("hold") && !few.equals("rollback")) {
      throw new IllegalArgumentException(
          "guard.fewCalls: '" + few + "' (expected: hold or rollback)");
    }
    return new Guard(
        given(share) ? share.asDouble() : MAX_ERROR_SHARE,
        given(p99) ? Double.valueOf(p99.asDouble()) : null,
        given(calls) ? calls.asInt() : MIN_CALLS,
        few.equals("rollback"));
  }

  private static boolean given(JsonNode json) {
    return !json.isMissingNode() && !json.isNull();
  }
}
