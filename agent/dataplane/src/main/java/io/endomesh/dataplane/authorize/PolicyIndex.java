package io.endomesh.dataplane.authorize;

import io.endomesh.dataplane.Request;
import io.endomesh.dataplane.route.PathMatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Policies as they are for one caller, by the paths that they are about: of hundreds a request
 * meets the few that may match. It finds the policy that trying all in their order would have
 * found. Immutable.
 */
final class PolicyIndex {

  /** So few are tried faster than they are looked up. */
  private static final int FEW = 8;

  /** Buckets for each rule, so that two segments seldom share one. */
  private static final int SPARSENESS = 2;

  private static final int[] NONE = {};

  private final String[] names;
  private final Condition[] rules;

  /** Positions of the rules for a whole path, in order; null if all are tried. */
  private final @Nullable Map<String, int[]> byPath;

  /** Positions of the rules for all that is below a first segment, in order. */
  private final int[][] bySegment;

  /** Positions of the rules that may match any path, in order. */
  private final int[] anywhere;

  private PolicyIndex(List<String> names, List<Condition> rules) {
    this.names = names.toArray(String[]::new);
    this.rules = rules.toArray(Condition[]::new);
    Map<String, List<Integer>> whole = new HashMap<>();
    List<Integer> rest = new ArrayList<>();
    int buckets = Integer.highestOneBit(Math.max(1, this.rules.length * SPARSENESS));
    Map<Integer, List<Integer>> segments = new HashMap<>();
    for (int i = 0; i < this.rules.length; i++) {
      place(i, this.rules[i], buckets, whole, segments, rest);
    }
    boolean indexed = this.rules.length > FEW && rest.size() < this.rules.length;
    byPath = indexed ? new HashMap<>() : null;
    bySegment = new int[buckets][];
    Arrays.fill(bySegment, NONE);
    if (byPath != null) {
      whole.forEach((path, positions) -> byPath.put(path, array(positions)));
      segments.forEach((bucket, positions) -> bySegment[bucket] = array(positions));
    }
    anywhere = array(rest);
  }

  /**
   * @param policies in order
   * @param caller SPIFFE id, null if none was proved
   */
  static PolicyIndex of(List<Policy> policies, @Nullable String caller) {
    List<String> names = new ArrayList<>();
    List<Condition> rules = new ArrayList<>();
    for (Policy policy : policies) {
      for (Policy.Rule rule : policy.rules()) {
        Condition left = Reduction.all(List.of(rule.principal(), rule.permission()), caller);
        if (!Reduction.isNever(left)) {
          names.add(policy.name());
          rules.add(left);
        }
        if (Reduction.isAlways(left)) {
          // Those behind it are never asked.
          return new PolicyIndex(names, rules);
        }
      }
    }
    return new PolicyIndex(names, rules);
  }

  private static void place(
      int position,
      Condition rule,
      int buckets,
      Map<String, List<Integer>> whole,
      Map<Integer, List<Integer>> segments,
      List<Integer> rest) {
    List<PathMatch> paths = paths(rule);
    if (paths == null || !paths.stream().allMatch(PolicyIndex::isPlaced)) {
      rest.add(position);
      return;
    }
    Set<String> exact = new LinkedHashSet<>();
    Set<Integer> below = new LinkedHashSet<>();
    for (PathMatch path : paths) {
      if (path instanceof PathMatch.Exact one) {
        exact.add(one.expected());
      } else {
        below.add(bucket("/" + path.firstSegment(), buckets));
      }
    }
    exact.forEach(path -> whole.computeIfAbsent(path, none -> new ArrayList<>()).add(position));
    below.forEach(
        bucket -> segments.computeIfAbsent(bucket, none -> new ArrayList<>()).add(position));
  }

  private static boolean isPlaced(PathMatch path) {
    return path instanceof PathMatch.Exact || path.firstSegment() != null;
  }

  /** Of which a path must match one for the condition to hold; null if it holds for any. */
  private static @Nullable List<PathMatch> paths(Condition condition) {
    if (condition instanceof Condition.Path path) {
      return List.of(path.path());
    }
    if (condition instanceof Condition.All all) {
      for (Condition one : all.conditions()) {
        List<PathMatch> paths = paths(one);
        if (paths != null && paths.stream().allMatch(PolicyIndex::isPlaced)) {
          return paths;
        }
      }
    }
    if (condition instanceof Condition.AnyOf any) {
      List<PathMatch> union = new ArrayList<>();
      for (Condition one : any.conditions()) {
        List<PathMatch> paths = paths(one);
        if (paths == null) {
          return null;
        }
        union.addAll(paths);
      }
      return union;
    }
    return null;
  }

  private static int[] array(List<Integer> positions) {
    return positions.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The name of the first policy that matches, null if none does. Allocates nothing. */
  @Nullable String first(Request request, @Nullable String caller, @Nullable String remoteAddress) {
    if (byPath == null) {
      for (int i = 0; i < rules.length; i++) {
        if (rules[i].matches(request, caller, remoteAddress)) {
          return names[i];
        }
      }
      return null;
    }
    String path = request.path();
    int[] whole = byPath.getOrDefault(path, NONE);
    int[] below = path.startsWith("/") ? bySegment[bucket(path, bySegment.length)] : NONE;
    int found = first(whole, Integer.MAX_VALUE, request, caller, remoteAddress);
    found = first(below, found, request, caller, remoteAddress);
    found = first(anywhere, found, request, caller, remoteAddress);
    return found == Integer.MAX_VALUE ? null : names[found];
  }

  /**
   * @param before a rule that matches is found there already; those behind it need not be asked
   */
  private int first(
      int[] positions,
      int before,
      Request request,
      @Nullable String caller,
      @Nullable String remoteAddress) {
    for (int position : positions) {
      if (position >= before) {
        break;
      }
      if (rules[position].matches(request, caller, remoteAddress)) {
        return position;
      }
    }
    return before;
  }

  /** Of the first segment of a path, without the slashes around it. */
  private static int bucket(String path, int buckets) {
    int hash = 0;
    for (int i = 1; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '/') {
        break;
      }
      hash = 31 * hash + c;
    }
    // The high bits too, as HashMap has it: there are few buckets.
    return (hash ^ hash >>> 16) & (buckets - 1);
  }
}
