package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.QueryChanges;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.dataplane.route.WeightedClusters;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is done on purpose: delays, aborts, and copies for mirrors. */
abstract class HttpClientFaultContract extends HttpClientRewriteContract {

  @Test
  void fault_delay_isWaitedForBeforeTheCall() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    faulty(new Fault(new Fault.Delay(Share.ALL, DELAY_NANOS), null), orders);

    long start = System.nanoTime();
    assertThat(get("http://orders/").text()).isEqualTo("orders");
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(DELAY_NANOS);

    start = System.nanoTime();
    assertThat(start("http://orders/").join().text()).isEqualTo("orders");
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(DELAY_NANOS);
  }

  @Test
  void fault_delay_endsWhenTheCallIsGivenUp() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    faulty(new Fault(new Fault.Delay(Share.ALL, TimeUnit.HOURS.toNanos(1)), null), orders);

    CompletableFuture<Answer> running = start("http://orders/");
    running.cancel(true);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                get("http://orders/");
              } catch (IOException | InterruptedException e) {
                ended.complete(e);
              }
            },
            "caller");
    caller.setDaemon(true);
    caller.start();
    caller.interrupt();

    assertThat(ended.get(10, TimeUnit.SECONDS))
        .isInstanceOfAny(InterruptedException.class, InterruptedIOException.class);
    assertThat(running).isCancelled();
    assertThat(orders.received()).isEmpty();
  }

  @Test
  void fault_abort_isAnsweredInPlaceOfTheService() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    faulty(new Fault(null, new Fault.Abort(Share.ALL, 418, -1)), orders);

    Answer answer = get("http://orders/");

    assertThat(answer.status()).isEqualTo(418);
    assertThat(answer.headers())
        .containsEntry(Reply.DECIDED_BY_HEADER, "HTTPRoute/default/orders rule 0");
    assertThat(orders.received()).isEmpty();
  }

  private static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private void faulty(Fault fault, Backend backend) {
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", backend.endpoint())),
        RoutePolicy.DEFAULT.withFault(fault));
  }

  @Test
  void mirror_getsACopyWithItsBody() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Backend shadow = open(Backend.mutualTls("shadow", "shadow"));
    mirrored(orders, shadow.endpoint());

    Answer answer =
        call(
            "POST",
            "http://orders/a?b=c",
            Map.of("x-mine", "yes"),
            "text".getBytes(StandardCharsets.UTF_8));

    assertThat(answer.headers()).containsEntry("x-backend", "orders");
    Await.until("the copy at the mirror", () -> !shadow.received().isEmpty());
    Backend.Received copy = shadow.only();
    assertThat(copy.method()).isEqualTo("POST");
    assertThat(copy.uri()).isEqualTo("/a?b=c");
    assertThat(copy.header("host")).isEqualTo("orders");
    assertThat(copy.header("x-mine")).isEqualTo("yes");
    assertThat(copy.body()).asString().isEqualTo("text");
    orders.only();
  }

  @Test
  void query_changedByPolicy_goesOnTheWireOnly_andToTheMirror() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Backend shadow = open(Backend.mutualTls("shadow", "shadow"));
    QueryChanges changes =
        new QueryChanges(
            List.of(
                QueryChanges.remove("gone"),
                QueryChanges.set("v", "2 %"),
                QueryChanges.add("q", "ü&")));
    mirrored(orders, new UrlRewrite(null, null, changes), shadow.endpoint());

    Answer answer = get("http://orders/a%20b?v=1&gone&q=%2f");

    assertThat(answer.uri()).isEqualTo(URI.create("http://orders/a%20b?v=1&gone&q=%2f"));
    assertThat(orders.only().uri()).isEqualTo("/a%20b?v=2%20%25&q=%2f&q=%C3%BC%26");
    Await.until("the copy at the mirror", () -> !shadow.received().isEmpty());
    assertThat(shadow.only().uri()).isEqualTo("/a%20b?v=2%20%25&q=%2f&q=%C3%BC%26");
  }

  @Test
  void mirror_thatNeverAnswers_doesNotSlowTheCall() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Backend shadow = open(Backend.plaintext("shadow").holding());
    Endpoint mirror = shadow.endpoint();
    mirrored(orders, mirror);

    for (int i = 0; i < 5; i++) {
      assertThat(get("http://orders/").text()).isEqualTo("orders");
      assertThat(start("http://orders/").join().text()).isEqualTo("orders");
    }

    Await.until("all copies at the mirror", () -> shadow.received().size() == 10);
    assertThat(mirror.load().inFlight()).isEqualTo(10);
  }

  @Test
  void mirror_thatFails_isNothingToTheApplication() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Backend broken =
        open(Backend.plaintext("broken").answering(503).returning("Set-Cookie", "a=b"));
    Backend closing = open(Backend.plaintext("closing").breaking());
    for (Endpoint mirror :
        List.of(broken.endpoint(), closing.endpoint(), TestRoutes.endpoint(closedPort(), null))) {
      mirrored(orders, mirror);
      assertThat(getWithCookies("http://orders/").text()).isEqualTo("orders");
      Await.until("end of the copy", () -> mirror.load().inFlight() == 0);
    }

    assertThat(broken.received()).isNotEmpty();
    assertThat(closing.received()).isNotEmpty();
    getWithCookies("http://orders/");
    assertThat(orders.received())
        .as("cookies of the copy's answer")
        .allMatch(request -> request.header("cookie") == null);
  }

  private void mirrored(Backend backend, Endpoint mirror) {
    mirrored(backend, null, mirror);
  }

  private void mirrored(Backend backend, @Nullable UrlRewrite rewrite, Endpoint mirror) {
    Mirror copies = new Mirror(TestRoutes.cluster("shadow", mirror), Share.ALL);
    WeightedClusters to = WeightedClusters.of(TestRoutes.cluster("orders", backend.endpoint()));
    routes.route(
        "orders", new RouteAction.Forward(to, rewrite, List.of(copies)), RoutePolicy.DEFAULT);
  }
}
