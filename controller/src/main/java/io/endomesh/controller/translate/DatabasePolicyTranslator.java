package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.DatabasePolicy;
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
    return rules.build();
  }

  private static DatabaseRules.Grant grant(DatabasePolicy.Grant grant) {
    DatabaseRules.Grant.Builder message = DatabaseRules.Grant.newBuilder();
    for (DatabasePolicy.Caller caller : grant.callers()) {
      message.addCallers(
          DatabaseRules.Caller.newBuilder()
              .setNamespace(caller.namespace())
              .setService(caller.service() == null ? "" : caller.service()));
    }
    for (DatabasePolicy.StatementClass each : grant.classes()) {
      message.addClasses(
          switch (each) {
            case READ -> DatabaseRules.StatementClass.READ;
            case WRITE -> DatabaseRules.StatementClass.WRITE;
            case DDL -> DatabaseRules.StatementClass.DDL;
            case CALL -> DatabaseRules.StatementClass.CALL;
          });
    }
    return message.build();
  }
}
