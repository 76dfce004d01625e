package io.endomesh.controller.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.kinds.DatabasePolicy.Caller;
import io.endomesh.controller.kinds.DatabasePolicy.Grant;
import io.endomesh.controller.kinds.DatabasePolicy.StatementClass;
import io.endomesh.controller.kinds.DatabasePolicy.Target;
import io.endomesh.controller.kinds.DatabasePolicy.TargetKind;
import io.endomesh.dataplane.cluster.Breaker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabasePolicyTest {

  @Test
  void parse_allFields_areRead() throws Exception {
    DatabasePolicy policy =
        parse(
            """
            {
              hosts: [Orders-DB, db.example.com],
              targetRefs: [{kind: ServiceEntry, name: orders-db}, {group: "", kind: Service, name: pg}],
              primary: {matchLabels: {role: primary}},
              replicas: {matchLabels: {role: replica}, hosts: [Orders-DB-ro]},
              statements: {
                allow: [
                  {classes: [READ]},
                  {callers: [orders, billing.finance, "*.ops"], classes: [WRITE, DDL, CALL]},
                ],
                timeout: 1m30s,
                slowAfter: 250ms,
                maxConcurrent: 20,
                maxWait: 100ms,
                faults: [
                  {callers: [orders], classes: [WRITE], until: "2026-12-01T19:00:00+01:00",
                   delay: {fixedDelay: 2s, percentage: {value: 5}}},
                  {abort: {sqlState: "40001", percentage: {value: 0.1}}},
                ],
              },
              breaker: {window: 5s, slowCalls: {duration: 1s}},
              tls: {mode: MUTUAL, sni: Orders-DB.internal, subjectAltNames: [db.internal]},
            }
            """);

    assertThat(policy.tls())
        .isEqualTo(new OriginatedTls("orders-db.internal", null, List.of("db.internal"), true));

    assertThat(policy.hosts()).containsExactly("orders-db", "db.example.com");
    assertThat(policy.targets())
        .containsExactly(
            new Target(TargetKind.ServiceEntry, "orders-db"), new Target(TargetKind.Service, "pg"));
    assertThat(policy.roles())
        .isEqualTo(
            new DatabasePolicy.Roles(
                Map.of("role", "primary"), Map.of("role", "replica"), List.of("orders-db-ro")));
    assertThat(policy.statements().allow())
        .containsExactly(
            new Grant(List.of(), List.of(StatementClass.READ)),
            new Grant(
                List.of(
                    new Caller("shop", "orders"),
                    new Caller("finance", "billing"),
                    new Caller("ops", null)),
                List.of(StatementClass.WRITE, StatementClass.DDL, StatementClass.CALL)));
    assertThat(policy.statements().timeoutNanos()).isEqualTo(Duration.ofSeconds(90).toNanos());
    assertThat(policy.statements().slowAfterNanos()).isEqualTo(Duration.ofMillis(250).toNanos());
    assertThat(policy.statements().limit())
        .isEqualTo(new DatabasePolicy.Limit(20, Duration.ofMillis(100).toNanos()));
    assertThat(policy.statements().faults())
        .containsExactly(
            new DatabaseFault(
                List.of(new Caller("shop", "orders")),
                List.of(StatementClass.WRITE),
                Instant.parse("2026-12-01T18:00:00Z"),
                new DatabaseFault.Delay(50_000, Duration.ofSeconds(2).toNanos()),
                null),
            new DatabaseFault(
                List.of(), List.of(), null, null, new DatabaseFault.Abort(1_000, "40001")));
    assertThat(policy.breaker())
        .isEqualTo(
            new Breaker(
                "DatabasePolicy/shop/orders-db",
                Duration.ofSeconds(5).toNanos(),
                20,
                50,
                Duration.ofSeconds(1).toNanos(),
                100,
                Duration.ofSeconds(5).toNanos(),
                1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                        | spec.hosts: absent (expected: hosts or"
            + " targetRefs)",
        "{hosts: ['*']}                            | spec.hosts[0]: '*' (expected: a host name"
            + " without",
        "{hosts: ['db:5432']}                      | spec.hosts[0]: 'db:5432' (expected: a host"
            + " name without",
        "{hosts: [db.finance.svc]}                     | spec.hosts[0]: 'db.finance.svc' (expected:"
            + " a host of namespace shop",
        "{targetRefs: [{kind: Pod, name: a}]}      | spec.targetRefs[0].kind: 'Pod' (expected:"
            + " ServiceEntry, Service)",
        "{targetRefs: [{group: apps, name: a}]}    | spec.targetRefs[0].group: 'apps' (expected:"
            + " 'networking.istio.io'",
        "{hosts: [d], primary: {}}                 | spec.primary.matchLabels: absent (expected:"
            + " labels of endpoints)",
        "{hosts: [d], replicas: {hosts: [r]}}      | spec.replicas.matchLabels: absent (expected:"
            + " labels of endpoints)",
        "{hosts: [d], replicas: {matchLabels: {a: b}, hosts: [r.x.svc]}} | spec.replicas.hosts[0]:"
            + " 'r.x.svc' (expected: a host of",
        "{hosts: [d], statement: {}}               | spec.statement: unknown field; did you mean"
            + " 'statements'?",
        "{hosts: [d], tls: {}} | spec.tls.mode: absent",
        "{hosts: [d], tls: {mode: DISABLE}} | spec.tls.mode: 'DISABLE' (expected: SIMPLE or MUTUAL)",
        "{hosts: [d], tls: {mode: MUTUAL, clientCertificate: /f}} | spec.tls.clientCertificate:"
            + " unknown field",
        "{hosts: [d], tls: {mode: SIMPLE, caCertificates: x}} | spec.tls.caCertificates: no"
            + " certificate in PEM",
        "{hosts: [d], statements: {timeout: 1500ms}} | spec.statements.timeout: 1500ms (expected:"
            + " whole seconds",
        "{hosts: [d], statements: {timeout: 0s}}   | spec.statements.timeout: '0s' (expected: more"
            + " than 0)",
        "{hosts: [d], statements: {timeout: 25h}}  | spec.statements.timeout: 25h (expected: 24h at"
            + " most)",
        "{hosts: [d], statements: {slow: 1s}}      | spec.statements.slow: unknown field",
        "{hosts: [d], statements: {maxWait: 1s}}   | spec.statements.maxWait: alone (expected:"
            + " maxConcurrent beside it)",
        "{hosts: [d], statements: {maxConcurrent: 0}} | spec.statements.maxConcurrent: 0 (expected:"
            + " a number from 1 to 100000)",
        "{hosts: [d], statements: {maxConcurrent: 1, maxWait: 61s}} | spec.statements.maxWait: 61s"
            + " (expected: 1m at most)",
        "{hosts: [d], statements: {faults: [{}]}}  | spec.statements.faults[0].delay: neither delay"
            + " nor abort",
        "{hosts: [d], statements: {faults: [{delay: {}}]}} |"
            + " spec.statements.faults[0].delay.fixedDelay: absent (expected: a duration",
        "{hosts: [d], statements: {faults: [{abort: {}}]}} |"
            + " spec.statements.faults[0].abort.sqlState: absent (expected: a string)",
        "{hosts: [d], statements: {faults: [{abort: {sqlState: '00000'}}]}} |"
            + " spec.statements.faults[0].abort.sqlState: '00000' (expected: an SQLState",
        "{hosts: [d], statements: {faults: [{abort: {sqlState: '4001'}}]}} |"
            + " spec.statements.faults[0].abort.sqlState: '4001' (expected: an SQLState",
        "{hosts: [d], statements: {faults: [{abort: {sqlState: '40001', percentage: {value:"
            + " 101}}}]}} | spec.statements.faults[0].abort.percentage.value: 101 (expected:",
        "{hosts: [d], statements: {faults: [{until: tomorrow, abort: {sqlState: '40001'}}]}} |"
            + " spec.statements.faults[0].until: 'tomorrow' (expected: a time such as",
        "{hosts: [d], statements: {faults: [{classes: [ALL], abort: {sqlState: '40001'}}]}} |"
            + " spec.statements.faults[0].classes[0]: 'ALL' (expected: READ,",
        "{hosts: [d], breaker: {failurePercent: 0}} | spec.breaker.failurePercent: 0 (expected: a"
            + " number from 1 to 100)",
        "{hosts: [d], breaker: {slowCalls: {}}}    | spec.breaker.slowCalls.duration: absent",
        "{hosts: [d], statements: {breaker: {}}}   | spec.statements.breaker: unknown field",
        "{hosts: [d], statements: {allow: [{}]}}   | spec.statements.allow[0].classes: absent"
            + " (expected: READ, WRITE",
        "{hosts: [d], statements: {allow: [{classes: [RAED]}]}} |"
            + " spec.statements.allow[0].classes[0]: 'RAED' (expected: READ, WRITE, DDL, CALL); did"
            + " you mean 'READ'?",
        "{hosts: [d], statements: {allow: [{classes: [UNKNOWN]}]}} | classes[0]: 'UNKNOWN'"
            + " (expected:",
        "{hosts: [d], statements: {allow: [{classes: [READ], callers: []}]}} | allow[0].callers:"
            + " empty (expected: callers, or no such field)",
        "{hosts: [d], statements: {allow: [{classes: [READ], callers: ['*']}]}} |"
            + " allow[0].callers[0]: '*' (expected: SERVICE,",
        "{hosts: [d], statements: {allow: [{classes: [READ], callers: [a.b.c]}]}} |"
            + " allow[0].callers[0]: 'a.b.c' (expected: SERVICE,",
      })
  void parse_wrongField_isNamed(String spec, String problem) {
    assertThatThrownBy(() -> parse(spec))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageStartingWith("DatabasePolicy shop/orders-db: spec.")
        .hasMessageContaining(problem);
  }

  private static DatabasePolicy parse(String spec) throws InvalidResourceException {
    String yaml =
        """
        apiVersion: endomesh.io/v1
        kind: DatabasePolicy
        metadata: {name: orders-db, namespace: shop}
        spec: %s
        """
            .formatted(spec.replace("\n", " "));
    return (DatabasePolicy) ResourceParser.parse(ResourceParser.documents(yaml).get(0)).resource();
  }
}
