package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.DatabaseFault;
import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.proto.v1.DatabaseRules;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;

/** A DatabasePolicy as rules of a virtual host, which agents alone understand. Stateless. */
final class DatabasePolicyTranslator {

  /** Key in {@code typed_per_filter_config}; the agent looks there. */
  static final String FILTER = "endomesh.database";

  private DatabasePolicyTranslator() {}

  static void apply(DatabasePolicy policy, VirtualHost.Builder host) {
    host.putTypedPerFilterConfig(FILTER, Any.pack(rules(policy)));
  }

  private static DatabaseRules rules(DatabasePolicy policy) {
    DatabaseRules.Builder rules =
        DatabaseRules.newBuilder()
            .setName(
                "DatabasePolicy/" + policy.metadata().namespace() + "/" + policy.metadata().name());
    DatabasePolicy.Statements statements = policy.statements();
    for (DatabasePolicy.Grant grant : statements.allow()) {
      rules.addGrants(grant(grant));
    }
    if (statements.timeoutNanos() != null) {
      rules.setStatementTimeout(Durations.fromNanos(statements.timeoutNanos()));
    }
    if (statements.slowAfterNanos() != null) {
      rules.setSlowAfter(Durations.fromNanos(statements.slowAfterNanos()));
    }
    if (statements.limit() != null) {
      rules.setLimit(limit(statements.limit()));
    }
    if (policy.breaker() != null) {
      rules.setBreaker(breaker(policy.breaker()));
    }
    for (DatabaseFault fault : statements.faults()) {
      rules.addFaults(fault(fault));
    }
    return rules.build();
  }

  private static DatabaseRules.Limit limit(DatabasePolicy.Limit limit) {
    DatabaseRules.Limit.Builder message =
        DatabaseRules.Limit.newBuilder().setMax(limit.maxConcurrent());
    if (limit.maxWaitNanos() > 0) {
      message.setMaxWait(Durations.fromNanos(limit.maxWaitNanos()));
    }
    return message.build();
  }

  private static DatabaseRules.Breaker breaker(Breaker breaker) {
    DatabaseRules.Breaker.Builder message =
        DatabaseRules.Breaker.newBuilder()
            .setWindow(Durations.fromNanos(breaker.windowNanos()))
            .setMinimumCalls(breaker.minimumCalls())
            .setFailurePercent(breaker.failurePercent())
            .setOpen(Durations.fromNanos(breaker.openNanos()))
            .setHalfOpenCalls(breaker.halfOpenCalls());
    if (breaker.slowNanos() > 0) {
      message
          .setSlow(Durations.fromNanos(breaker.slowNanos()))
          .setSlowPercent(breaker.slowPercent());
    }
    return message.build();
  }

  private static DatabaseRules.Fault fault(DatabaseFault fault) {
    DatabaseRules.Fault.Builder message = DatabaseRules.Fault.newBuilder();
    fault.callers().forEach(caller -> message.addCallers(caller(caller)));
    fault.classes().forEach(each -> message.addClasses(statementClass(each)));
    if (fault.until() != null) {
      message.setUntilMillis(fault.until().toEpochMilli());
    }
    if (fault.delay() != null) {
      message.setDelay(
          DatabaseRules.Delay.newBuilder()
              .setPerMillion(fault.delay().perMillion())
              .setFixedDelay(Durations.fromNanos(fault.delay().nanos())));
    }
    if (fault.abort() != null) {
      message.setAbort(
          DatabaseRules.Abort.newBuilder()
              .setPerMillion(fault.abort().perMillion())
              .setSqlState(fault.abort().sqlState()));
    }
    return message.build();
  }

  private static DatabaseRules.Grant grant(DatabasePolicy.Grant grant) {
    DatabaseRules.Grant.Builder message = DatabaseRules.Grant.newBuilder();
    grant.callers().forEach(caller -> message.addCallers(caller(caller)));
    grant.classes().forEach(each -> message.addClasses(statementClass(each)));
    return message.build();
  }

  private static DatabaseRules.Caller caller(DatabasePolicy.Caller caller) {
    return DatabaseRules.Caller.newBuilder()
        .setNamespace(caller.namespace())
        .setService(caller.service() == null ? "" : caller.service())
        .build();
  }

  private static DatabaseRules.StatementClass statementClass(DatabasePolicy.StatementClass each) {
    return switch (each) {
      case READ -> DatabaseRules.StatementClass.READ;
      case WRITE -> DatabaseRules.StatementClass.WRITE;
      case DDL -> DatabaseRules.StatementClass.DDL;
      case CALL -> DatabaseRules.StatementClass.CALL;
    };
  }
}
