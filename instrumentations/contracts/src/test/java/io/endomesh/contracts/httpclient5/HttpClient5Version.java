package io.endomesh.contracts.httpclient5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.StagedHttpClientContract;
import io.endomesh.testkit.TestRoutes;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The contract on one version, and what both of its clients have besides. */
abstract class HttpClient5Version extends StagedHttpClientContract {

  HttpClient5Version(String client) {
    super(client);
  }

  final HttpClient5UnderTest library() {
    return (HttpClient5UnderTest) client();
  }

  @Test
  void trailerOfARequest_isSent() throws Exception {
    sendsItsTrailer(library());
  }

  @Test
  void retryStrategy_ofTheApplication_goesOnAroundTheMesh() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    routes.host("orders", broken.endpoint());

    try (HttpClientUnderTest retrying = library().retrying(2)) {
      assertThat(retrying.call("GET", "http://orders/", Map.of(), null).status()).isEqualTo(503);
    }

    assertThat(broken.received()).hasSize(3);
  }

  @Test
  void retries_ofTheLibrary_areAsEverOutsideTheMesh() throws Exception {
    Backend external = open(Backend.plaintext("external").answering(503));

    assertThat(get("http://localhost:" + external.port() + "/").status()).isEqualTo(503);

    assertThat(external.received()).hasSize(2);
  }

  @Test
  void password_isGivenToWhoAsks_inTheSameAttempt() throws Exception {
    givesItsPassword(library().withPassword());
  }

  @Test
  void responseTimeout_ofTheApplication_isItsException() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    routes.host("orders", slow.endpoint());

    try (HttpClientUnderTest impatient = library().waitingAtMost(Duration.ofMillis(100))) {
      assertThatThrownBy(() -> impatient.call("GET", "http://orders/", Map.of(), null))
          .isInstanceOf(SocketTimeoutException.class);
    }
    slow.only();
  }

  @Test
  void exception_ofAnInterceptor_reachesTheApplication_andNothingIsSent() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());
    AtomicInteger asked = new AtomicInteger();
    Runnable refusing =
        () -> {
          asked.incrementAndGet();
          throw new IllegalStateException("not today");
        };

    try (HttpClientUnderTest intercepted = library().intercepting(refusing)) {
      assertThatThrownBy(() -> intercepted.call("GET", "http://orders/", Map.of(), null))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("not today");
    }

    assertThat(asked).hasValue(1);
    assertThat(orders.received()).isEmpty();
  }

  @Test
  void request_cancelledWhileAFaultDelays_ends() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Fault delay = new Fault(new Fault.Delay(Share.ALL, TimeUnit.HOURS.toNanos(1)), null);
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", orders.endpoint())),
        RoutePolicy.DEFAULT.withFault(delay));

    assertThat(library().cancelledBeforeItsAnswer("http://orders/"))
        .isInstanceOfAny(IOException.class, CancellationException.class);
    assertThat(orders.received()).isEmpty();
  }
}
