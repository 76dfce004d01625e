package io.endomesh.dataplane.explain;

import java.util.List;

/**
 * What would happen to a call. Immutable.
 *
 * @param verdict of the whole call; {@link Verdict.Kind#DEPENDS} if calls like it end differently
 * @param steps once a call, in order
 * @param branches each side of a split that such a call may take; empty if the call goes nowhere
 */
public record Explanation(Verdict verdict, List<Step> steps, List<Branch> branches) {

  public Explanation {
    steps = List.copyOf(steps);
    branches = List.copyOf(branches);
  }

  /**
   * One side of a split.
   *
   * @param cluster {@code outbound|8080||orders-v1.shop}
   * @param percent of such calls that take it
   * @param steps once an attempt, in order
   */
  public record Branch(String cluster, double percent, List<Step> steps, Verdict verdict) {
    public Branch {
      steps = List.copyOf(steps);
    }
  }
}
