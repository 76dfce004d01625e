package io.endomesh.xds.translate;

import com.google.protobuf.Any;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.dataplane.database.StatementFault;
import io.endomesh.dataplane.database.StatementLimit;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.Share;
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

  private static final int MAX_CALLS = 1_000_000;

  private static final int ALL_OF_A_MILLION = 1_000_000;

  /** SQL:2016, part 2, 24.1: two characters of class, three of subclass. */
  private static final int SQL_STATE_LENGTH = 5;

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
            : 0,
        rules.hasLimit() ? limit(field + ".limit", rules.getLimit()) : null,
        rules.hasBreaker()
            ? breaker(field + ".breaker", rules.getName(), rules.getBreaker())
            : null,
        faults(field, rules));
  }

  private static StatementLimit limit(String field, DatabaseRules.Limit limit)
      throws InvalidResource {
    return new StatementLimit(
        Numbers.within(
            field + ".max", Integer.toUnsignedLong(limit.getMax()), 1, Integer.MAX_VALUE),
        limit.hasMaxWait() ? Messages.nanos(field + ".max_wait", limit.getMaxWait()) : 0);
  }

  private static Breaker breaker(String field, String name, DatabaseRules.Breaker breaker)
      throws InvalidResource {
    return new Breaker(
        name,
        Messages.positiveNanos(field + ".window", breaker.getWindow()),
        count(field + ".minimum_calls", breaker.getMinimumCalls(), MAX_CALLS),
        count(field + ".failure_percent", breaker.getFailurePercent(), 100),
        breaker.hasSlow() ? Messages.positiveNanos(field + ".slow", breaker.getSlow()) : 0,
        breaker.hasSlow()
            ? count(field + ".slow_percent", breaker.getSlowPercent(), 100)
            : Breaker.DEFAULT_SLOW_PERCENT,
        Messages.positiveNanos(field + ".open", breaker.getOpen()),
        count(field + ".half_open_calls", breaker.getHalfOpenCalls(), MAX_CALLS));
  }

  private static int count(String field, int value, int max) throws InvalidResource {
    return Numbers.within(field, Integer.toUnsignedLong(value), 1, max);
  }

  private static List<StatementFault> faults(String field, DatabaseRules rules)
      throws InvalidResource {
    List<StatementFault> faults = new ArrayList<>();
    for (int i = 0; i < rules.getFaultsCount(); i++) {
      faults.add(fault(field + ".faults[" + i + "]", rules.getFaults(i)));
    }
    return faults;
  }

  private static StatementFault fault(String field, DatabaseRules.Fault fault)
      throws InvalidResource {
    return new StatementFault(
        callers(field, fault.getCallersList()),
        classes(field, fault.getClassesValueList()),
        fault.getUntilMillis() == 0 ? StatementFault.FOREVER : fault.getUntilMillis(),
        fault.hasDelay() ? delay(field + ".delay", fault.getDelay()) : null,
        fault.hasAbort() ? abort(field + ".abort", fault.getAbort()) : null);
  }

  private static Fault.Delay delay(String field, DatabaseRules.Delay delay) throws InvalidResource {
    return new Fault.Delay(
        share(field, delay.getPerMillion()),
        Messages.positiveNanos(field + ".fixed_delay", delay.getFixedDelay()));
  }

  private static StatementFault.Abort abort(String field, DatabaseRules.Abort abort)
      throws InvalidResource {
    if (abort.getSqlState().length() != SQL_STATE_LENGTH) {
      throw new InvalidResource(
          field + ".sql_state: '" + abort.getSqlState() + "' (expected: five characters)");
    }
    return new StatementFault.Abort(share(field, abort.getPerMillion()), abort.getSqlState());
  }

  private static Share share(String field, int perMillion) throws InvalidResource {
    return new Share(
        Numbers.within(
            field + ".per_million", Integer.toUnsignedLong(perMillion), 0, ALL_OF_A_MILLION));
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
    return new DatabasePolicy.Grant(
        callers(field, grant.getCallersList()), classes(field, grant.getClassesValueList()));
  }

  private static List<DatabasePolicy.Caller> callers(
      String field, List<DatabaseRules.Caller> messages) throws InvalidResource {
    List<DatabasePolicy.Caller> callers = new ArrayList<>();
    for (DatabaseRules.Caller caller : messages) {
      if (caller.getNamespace().isEmpty()) {
        throw new InvalidResource(field + ".callers.namespace: absent (expected: a namespace)");
      }
      callers.add(
          new DatabasePolicy.Caller(
              caller.getNamespace(), caller.getService().isEmpty() ? null : caller.getService()));
    }
    return callers;
  }

  private static StatementClasses classes(String field, List<Integer> numbers)
      throws InvalidResource {
    List<StatementClass> classes = new ArrayList<>();
    for (int number : numbers) {
      classes.add(statementClass(field, number));
    }
    return StatementClasses.of(classes);
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
