package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.testkit.GrpcUnderTest.Answer;
import io.endomesh.testkit.GrpcUnderTest.Running;
import io.endomesh.testkit.TestRoutes.Rules;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is tried again, where, and what never is. */
abstract class GrpcRetryContract extends GrpcRewriteContract {

  @Test
  void call_endpointAnswersUnavailable_isRetriedOnAnotherByPolicy() {
    routes.host(TARGET, RETRYING, plaintext(one), plaintext(two));
    one.answering(UNAVAILABLE);
    for (int i = 0; i < 50; i++) {
      assertThat(client.unary("hello").text()).startsWith("two");
      assertThat(client.serverStreaming("hello").text()).startsWith("two");
    }
  }

  @Test
  void call_endpointAnswersUnavailableWithoutPolicy_isNotRepeated() {
    routes.host(TARGET, plaintext(one));
    one.answering(UNAVAILABLE);
    Answer answer = client.unary("hello");
    assertThat(answer.status()).isEqualTo(UNAVAILABLE);
    assertThat(answer.text()).isEqualTo("as the test asked");
  }

  @Test
  void call_endpointThatRefusesConnections_goesToAnotherForEveryKind() throws IOException {
    routes.host(TARGET, dead(), plaintext(two));
    for (int i = 0; i < 20; i++) {
      assertThat(client.unary("hello").text()).startsWith("two");
      assertThat(client.clientStreaming(List.of("a", "b")).text()).startsWith("two");
      assertThat(client.bidirectional(List.of("a")).text()).startsWith("two");
    }
  }

  @Test
  void call_onlyEndpointRefuses_failsUnavailable() throws IOException {
    routes.host(TARGET, dead());
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
  }

  @Test
  void call_waitsForReady_goesOnWhenAnEndpointCame() throws Exception {
    routes.host(TARGET, dead());
    Thread joins = new Thread(() -> routes.host(TARGET, plaintext(one)), "joins");
    joins.setDaemon(true);
    joins.start();
    Answer answer = client.unary("hello", Duration.ofSeconds(10), true);
    joins.join();
    assertThat(answer.status()).isEqualTo(OK);
  }

  @Test
  void pushback_ofTheServer_rulesTheRetry() {
    routes.host(TARGET, RETRYING, plaintext(one), plaintext(two));
    one.answering(UNAVAILABLE);
    two.answering(UNAVAILABLE);
    for (String never : List.of("-1", "soon")) {
      one.returning("grpc-retry-pushback-ms", never);
      two.returning("grpc-retry-pushback-ms", never);
      int before = one.calls().size() + two.calls().size();
      assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
      assertThat(one.calls().size() + two.calls().size()).isEqualTo(before + 1);
    }
    one.returning("grpc-retry-pushback-ms", "20");
    two.returning("grpc-retry-pushback-ms", "20");
    long start = System.nanoTime();
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
    // Four retries.
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(80));

    one.returning("grpc-retry-pushback-ms", "60000");
    two.returning("grpc-retry-pushback-ms", "60000");
    Answer impatient = client.unary("hello", Duration.ofSeconds(30), false);
    assertThat(impatient.status()).as("the answer, not the deadline").isEqualTo(UNAVAILABLE);
  }

  @Test
  void call_brokenOffByTheServer_isRepeatedIfThePolicySaysSo() {
    RetryPolicy onReset = new RetryPolicy(4, Set.of(), Set.of(), true, 1, 1);
    routes.host(TARGET, new Rules(0, 0, onReset), plaintext(one), plaintext(two));
    one.holding();
    Running running;
    do {
      Running begun = client.start("hello");
      Await.until("one of the two", () -> begun.ended() || !one.messages().isEmpty());
      running = begun;
    } while (one.messages().isEmpty());
    one.close();
    assertThat(running.answer().text()).startsWith("two");
  }
}
