package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.testkit.GrpcUnderTest.Client;
import io.endomesh.testkit.GrpcUnderTest.Server;
import java.util.List;
import org.junit.jupiter.api.Test;

/** As of HTTP: what is left of a call, on both its sides, when the agent itself fails. */
abstract class GrpcFailureContract extends GrpcServerContract {

  /** More than a call reads the clock. */
  private static final int MOST_READINGS = 30;

  private static final Authorization UNARY_ONLY =
      new Authorization(
          List.of(),
          List.of(
              new Policy(
                  "AuthorizationPolicy/default/unary",
                  List.of(
                      new Policy.Rule(
                          Condition.ANY,
                          new Condition.Path(new PathMatch.Exact("/test.Echo/Unary")))))));

  @Test
  void agent_failsAnywhereOnThePathOfACall_callIsAnsweredAndSentOnce() throws Exception {
    try (OwnFailure failure = OwnFailure.ofTheClock();
        Server server = grpc().serve("server");
        Client meshed = grpc().connect("localhost:" + server.port())) {
      routes.host("localhost:" + server.port(), plaintext(server));
      int reading = 1;
      for (; ; reading++) {
        assertThat(reading).isLessThan(MOST_READINGS);
        failure.at(reading);
        assertThat(meshed.unary("hello").status()).as("failed at reading %d", reading).isZero();
        assertThat(server.calls()).as("failed at reading %d", reading).hasSize(reading);
        if (failure.isStillToCome()) {
          break;
        }
      }
      assertThat(failure.told()).as("failures told").isEqualTo(reading - 1);
    }
  }

  @Test
  void agent_failsAnywhereOnThePathOfAServedCall_whoMayIsServed_whoMayNotIsRefused()
      throws Exception {
    try (OwnFailure failure = OwnFailure.ofTheClock();
        Server server = grpc().serve("server");
        Client direct = grpc().connect("localhost:" + server.port())) {
      inbound(Inbound.TlsMode.PERMISSIVE, UNARY_ONLY);
      for (int reading = 1; ; reading++) {
        assertThat(reading).isLessThan(MOST_READINGS);
        failure.at(reading);
        assertThat(direct.unary("hello").status()).as("failed at reading %d", reading).isZero();
        boolean through = failure.isStillToCome();
        failure.at(reading);
        assertThat(direct.serverStreaming("hello").status())
            .as("failed at reading %d", reading)
            .isEqualTo(PERMISSION_DENIED);
        if (through && failure.isStillToCome()) {
          break;
        }
      }
    }
  }

  @Test
  void telemetry_fails_callIsAnswered_andWhoMayNotIsRefused() throws Exception {
    try (OwnFailure failure = OwnFailure.ofTheObserver();
        Server server = grpc().serve("server");
        Client meshed = grpc().connect(TARGET)) {
      inbound(Inbound.TlsMode.STRICT, UNARY_ONLY);
      routes.host(TARGET, mutualTls(server));

      assertThat(meshed.unary("hello").status()).isZero();
      assertThat(meshed.serverStreaming("hello").status()).isEqualTo(PERMISSION_DENIED);
      assertThat(failure.told()).isPositive();
    }
  }
}
