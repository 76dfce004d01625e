package io.endomesh.dataplane.database;

import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.cluster.Breaker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a database (Endomesh {@code DatabasePolicy}): what its callers may have done there,
 * how long it may take, and what happens when it is in trouble. Immutable.
 *
 * @param name {@code DatabasePolicy/shop/orders-db}
 * @param grants a caller may do what those that name it permit, together; empty permits everything
 * @param timeoutSeconds longest time for a statement, 0 for none; whole seconds, as {@code
 *     Statement.setQueryTimeout} counts
 * @param slowNanos from which time on a statement is told of, 0 for never
 * @param limit null lets any number run at a time
 * @param breaker null never opens
 * @param faults the first that is for a statement counts
 */
public record DatabasePolicy(
    String name,
    List<Grant> grants,
    int timeoutSeconds,
    long slowNanos,
    @Nullable StatementLimit limit,
    @Nullable Breaker breaker,
    List<StatementFault> faults) {

  public DatabasePolicy {
    grants = List.copyOf(grants);
    faults = List.copyOf(faults);
  }

  /** Without limit, breaker and faults. */
  public DatabasePolicy(String name, List<Grant> grants, int timeoutSeconds, long slowNanos) {
    this(name, grants, timeoutSeconds, slowNanos, null, null, List.of());
  }

  /**
   * @param callers empty for everybody
   */
  public record Grant(List<Caller> callers, StatementClasses classes) {
    public Grant {
      callers = List.copyOf(callers);
    }

    boolean names(Workload workload) {
      return Caller.among(callers, workload);
    }
  }

  /**
   * @param service null for all services of the namespace
   */
  public record Caller(String namespace, @Nullable String service) {
    boolean is(Workload workload) {
      return namespace.equals(workload.namespace())
          && (service == null || service.equals(workload.service()));
    }

    /** True as well if no callers are named. Allocates nothing. */
    static boolean among(List<Caller> callers, Workload workload) {
      if (callers.isEmpty()) {
        return true;
      }
      for (int i = 0; i < callers.size(); i++) {
        if (callers.get(i).is(workload)) {
          return true;
        }
      }
      return false;
    }
  }

  /** True if a statement may have to wait before it is executed. */
  public boolean mayWait() {
    return (limit != null && limit.waitNanos() > 0)
        || faults.stream().anyMatch(fault -> fault.delay() != null);
  }

  /** True if statements are looked at: then one of an unknown class is refused. */
  public boolean isGuarded() {
    return !grants.isEmpty();
  }

  /** What a workload may have done there, if the database is guarded. Allocates at most the sum. */
  public StatementClasses permitted(Workload workload) {
    StatementClasses permitted = StatementClasses.NONE;
    for (int i = 0; i < grants.size(); i++) {
      Grant grant = grants.get(i);
      if (grant.names(workload)) {
        permitted =
            permitted == StatementClasses.NONE ? grant.classes() : permitted.and(grant.classes());
      }
    }
    return permitted;
  }

  /** What goes wrong on purpose with a statement now; null if nothing does. Allocates nothing. */
  public @Nullable StatementFault fault(
      Workload workload, StatementClasses classes, long nowMillis) {
    for (int i = 0; i < faults.size(); i++) {
      if (faults.get(i).isFor(workload, classes, nowMillis)) {
        return faults.get(i);
      }
    }
    return null;
  }
}
