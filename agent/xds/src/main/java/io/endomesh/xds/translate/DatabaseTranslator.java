package io.endomesh.xds.translate;

import com.google.protobuf.Any;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.proto.v1.DatabaseRules;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DatabaseRules of a VirtualHost to {@link DatabasePolicy}. Stateless. */
final class DatabaseTranslator {

  /** Key in {@code typed_per_filter_config}, where nobody else would look. */
  static final String FILTER = "endomesh.database";

  private static final String TYPE = "endomesh.v1.DatabaseRules";

  private static final long SECOND_NANOS = 1_000_000_000;

  /** More than a day for a statement is no limit. */
  private static final int MAX_SECONDS = 86_400;

  private DatabaseTranslator() {}

  /**
   * @param config null if the host has none
   */
  static @Nullable DatabasePolicy translate(String field, @Nullable Any config)
      throws InvalidResource {
    if (config == null) {
      return null;
    }
    DatabaseRules rules = Messages.unpack(field, config, TYPE, DatabaseRules.parser());
    if (rules.getName().isEmpty()) {
      throw new InvalidResource(field + ".name: absent (expected: the policy's name)");
    }
    List<DatabasePolicy.Grant> grants = new ArrayList<>();
    for (int i = 0; i < rules.getGrantsCount(); i++) {
      grants.add(grant(field + ".grants[" + i + "]", rules.getGrants(i)));
    }
    return new DatabasePolicy(
        rules.getName(),
        grants,
        rules.hasStatementTimeout() ? timeout(field + ".statement_timeout", rules) : 0,
        rules.hasSlowAfter()
            ? Messages.positiveNanos(field + ".slow_after", rules.getSlowAfter())
            : 0);
  }

  private static int timeout(String field, DatabaseRules rules) throws InvalidResource {
    long nanos = Messages.positiveNanos(field, rules.getStatementTimeout());
    if (nanos % SECOND_NANOS != 0) {
      throw new InvalidResource(field + ": " + nanos + " ns (expected: whole seconds)");
    }
    return Numbers.within(field, nanos / SECOND_NANOS, 1, MAX_SECONDS);
  }

  private static DatabasePolicy.Grant grant(String field, DatabaseRules.Grant grant)
      throws InvalidResource {
    List<DatabasePolicy.Caller> callers = new ArrayList<>();
    for (DatabaseRules.Caller caller : grant.getCallersList()) {
      if (caller.getNamespace().isEmpty()) {
        throw new InvalidResource(field + ".callers.namespace: absent (expected: a namespace)");
      }
      callers.add(
          new DatabasePolicy.Caller(
              caller.getNamespace(), caller.getService().isEmpty() ? null : caller.getService()));
    }
    List<StatementClass> classes = new ArrayList<>();
    for (int number : grant.getClassesValueList()) {
      classes.add(statementClass(field, number));
    }
    return new DatabasePolicy.Grant(callers, StatementClasses.of(classes));
  }

  private static StatementClass statementClass(String field, int number) throws InvalidResource {
    return switch (number) {
      case DatabaseRules.StatementClass.READ_VALUE -> StatementClass.READ;
      case DatabaseRules.StatementClass.WRITE_VALUE -> StatementClass.WRITE;
      case DatabaseRules.StatementClass.DDL_VALUE -> StatementClass.DDL;
      case DatabaseRules.StatementClass.CALL_VALUE -> StatementClass.CALL;
      default ->
          throw new InvalidResource(
              field + ".classes: " + number + " (expected: READ, WRITE, DDL or CALL)");
    };
  }
}
