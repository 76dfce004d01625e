package io.endomesh.contracts.httpclient4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.ScriptedServer;
import io.endomesh.testkit.StagedHttpClientContract;
import io.endomesh.testkit.TestRoutes;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The contract on one version of a client of this library. */
abstract class HttpClient4Version extends StagedHttpClientContract {

  /**
   * @param client binary name of a {@link HttpClient4UnderTest}
   */
  HttpClient4Version(String client) {
    super(client);
  }

  final HttpClient4UnderTest library() {
    return (HttpClient4UnderTest) client();
  }

  @Test
  void request_withItsHostBeside_isTheSameCall() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    routes.host("orders:8080", orders.endpoint());

    assertThat(library().getAt("orders", -1, "/x").text()).isEqualTo("orders");
    assertThat(library().getAt("orders", 8080, "/x?y=z").text()).isEqualTo("orders");
    assertThat(orders.received()).extracting(Backend.Received::uri).containsExactly("/x", "/x?y=z");
  }

  @Test
  void readTimeout_ofTheApplication_isItsException() throws Exception {
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
  void context_ofTheApplication_holdsWhatItWouldWithoutTheMesh() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    UrlRewrite rewrite = new UrlRewrite("stock", new PathRewrite.Full("/new"));
    WeightedClusters to = WeightedClusters.of(TestRoutes.cluster("orders", orders.endpoint()));
    routes.route("orders", new RouteAction.Forward(to, rewrite, List.of()), RoutePolicy.DEFAULT);

    HttpClient4UnderTest.Left left = library().leftBy("http://orders/old?x=1");

    assertThat(left).isEqualTo(new HttpClient4UnderTest.Left("/old?x=1", "http://orders", false));
    assertThat(orders.only().uri()).isEqualTo("/new?x=1");
  }

  @Test
  void request_abortedWhileAFaultDelays_ends() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Fault delay = new Fault(new Fault.Delay(Share.ALL, TimeUnit.HOURS.toNanos(1)), null);
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", orders.endpoint())),
        RoutePolicy.DEFAULT.withFault(delay));

    assertThat(library().abortedBeforeItsAnswer("http://orders/")).isInstanceOf(IOException.class);
    assertThat(orders.received()).isEmpty();
  }

  @Test
  void request_abortedWhileItsAnswerIsRead_closesTheConnection() throws Exception {
    try (ScriptedServer server = ScriptedServer.answeringInPart("o")) {
      routes.host("orders", TestRoutes.endpoint(server.port(), null));

      assertThat(library().abortedWhileReading("http://orders/")).isInstanceOf(IOException.class);
      assertThat(server.readBehindTheAnswer().get(10, TimeUnit.SECONDS)).isNegative();
    }
  }
}
