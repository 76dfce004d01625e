package io.endomesh.controller.explain;

import io.endomesh.controller.translate.MeshModel;
import io.endomesh.dataplane.explain.Explanation;
import io.endomesh.dataplane.explain.Verdict;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a draft would have done to calls that were made: each is explained in the mesh as it is and
 * in the mesh as it would be, and the shares of their outcomes compared. Stateless.
 */
final class TrafficReplay {

  /** Each is explained twice, at some milliseconds; the most frequent ones first. */
  private static final int MAX_CALLS = 300;

  private TrafficReplay() {}

  /**
   * @param calls that were replayed
   * @param skipped calls that were too many, or whose caller is gone
   * @param outcomes that more calls would have than now, and how many more
   */
  record Result(long calls, long skipped, Map<String, Double> outcomes) {

    /** Calls that would end otherwise. */
    double changed() {
      return outcomes.values().stream().mapToDouble(Double::doubleValue).sum();
    }
  }

  static Result of(RecordedCalls recorded, MeshModel now, MeshModel draft, Clock clock) {
    Explainers before = new Explainers(now, clock);
    Explainers after = new Explainers(draft, clock);
    Map<String, Double> outcomes = new TreeMap<>();
    long calls = 0;
    List<Map.Entry<RecordedCalls.Call, Long>> frequent =
        recorded.times().entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MAX_CALLS)
            .toList();
    for (Map.Entry<RecordedCalls.Call, Long> one : frequent) {
      Map<String, Double> is = before.outcomes(one.getKey());
      Map<String, Double> would = after.outcomes(one.getKey());
      if (is == null || would == null) {
        continue;
      }
      calls += one.getValue();
      would.forEach(
          (outcome, share) -> {
            double more = share - is.getOrDefault(outcome, 0.0);
            if (more > LEAST_SHARE) {
              outcomes.merge(outcome, more * one.getValue(), Double::sum);
            }
          });
    }
    return new Result(calls, recorded.total() - calls, outcomes);
  }

  /** Sums of weights are not exact. */
  private static final double LEAST_SHARE = 1e-9;

  /** One for each caller. */
  private static final class Explainers {

    private final MeshModel model;
    private final Clock clock;
    private final Map<String, CallExplainer> byCaller = new HashMap<>();

    Explainers(MeshModel model, Clock clock) {
      this.model = model;
      this.clock = clock;
    }

    /** Shares by outcome; null if the caller is no service any more, or the URL is none of ours. */
    @Nullable Map<String, Double> outcomes(RecordedCalls.Call call) {
      CallExplainer explainer = byCaller.get(call.from());
      if (explainer == null) {
        Caller caller = Caller.named(model, call.from());
        if (caller == null) {
          return null;
        }
        explainer = new CallExplainer(model, caller, clock);
        byCaller.put(call.from(), explainer);
      }
      Question question;
      try {
        question = new Question(call.method(), call.url(), call.from(), Map.of());
      } catch (InvalidQuestionException notAsked) {
        return null;
      }
      return shares(explainer.explain(question));
    }
  }

  private static Map<String, Double> shares(Explanation explanation) {
    Map<String, Double> shares = new HashMap<>();
    if (explanation.branches().isEmpty()) {
      shares.put(outcome(explanation.verdict(), ""), 1.0);
    }
    for (Explanation.Branch branch : explanation.branches()) {
      shares.merge(
          outcome(branch.verdict(), branch.cluster()), branch.percent() / 100, Double::sum);
    }
    return shares;
  }

  private static String outcome(Verdict verdict, String cluster) {
    return switch (verdict.kind()) {
      case PASSES_THROUGH -> "would go on as if there were no mesh";
      case SENT -> "would go to " + cluster;
      case ANSWERED -> "would be answered with " + verdict.status() + " by " + verdict.decidedBy();
      case REFUSED -> "would be refused by " + verdict.decidedBy();
      case DEPENDS -> "would go to " + cluster + ", where some workloads refuse them";
    };
  }
}
