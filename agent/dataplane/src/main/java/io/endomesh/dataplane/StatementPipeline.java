package io.endomesh.dataplane;

import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.StatementClasses;
import org.jspecify.annotations.Nullable;

/**
 * The path of a statement before its driver gets it, stage by stage. This is the one place that
 * shows it. Stateless.
 */
final class StatementPipeline {

  private interface Stage {
    @Nullable StatementRefusal apply(DatabaseCall call, DatabasePolicy policy);
  }

  private static final Stage[] STAGES = {
    // Guard first: what a caller may not do at all is not delayed, counted or tried.
    StatementPipeline::guard,
  };

  private StatementPipeline() {}

  static @Nullable StatementRefusal refusal(DatabaseCall call) {
    DatabasePolicy policy = call.policy();
    if (policy == null) {
      return null;
    }
    for (Stage stage : STAGES) {
      StatementRefusal refusal = stage.apply(call, policy);
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private static @Nullable StatementRefusal guard(DatabaseCall call, DatabasePolicy policy) {
    if (!policy.isGuarded()) {
      return null;
    }
    Workload caller = call.mesh().workload();
    StatementClasses permitted = policy.permitted(caller);
    StatementClasses classes = call.statement().classes();
    if (classes.within(permitted)) {
      return null;
    }
    return new StatementRefusal(
        StatementRefusal.INSUFFICIENT_PRIVILEGE,
        "a statement of class "
            + classes
            + " by "
            + caller.namespace()
            + "/"
            + caller.service()
            + " is not allowed by "
            + policy.name()
            + " (expected: "
            + permitted
            + "): "
            + call.statement().summary(),
        policy.name());
  }
}
