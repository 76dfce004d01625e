package io.endomesh.dataplane.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.BlockingCall;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.WeightedClusters;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of a blocking library, which is a fake: each test answers its attempts as it likes. */
@Timeout(30)
class BlockingHttpExchangeTest {

  private static final long HOUR = TimeUnit.HOURS.toNanos(1);
  private static final Limits AMPLE = new Limits(Integer.MAX_VALUE, 0, 100, 1_000_000);

  private final Mesh mesh = new Mesh(TestMesh.WORKLOAD, System::nanoTime, Clock.systemUTC());
  private final Library library = new Library();

  @Test
  void answer_isDelivered_onTheThreadOfTheCaller() throws Exception {
    publish(cluster(null), RetryPolicy.NONE, Duration.ZERO);
    CompletableFuture<String> call = start();
    Made made = library.next();

    made.answer.complete(200);

    assertThat(call.get()).isEqualTo("200");
    assertThat(made.thread.getName()).isEqualTo("caller");
  }

  @Test
  void answer_thatIsTriedAgain_isDropped() throws Exception {
    Cluster cluster = cluster(null);
    publish(cluster, TestMesh.retrying(1, 503), Duration.ZERO);
    CompletableFuture<String> call = start();
    library.next().answer.complete(503);
    library.next().answer.complete(200);

    assertThat(call.get()).isEqualTo("200");
    assertThat(library.dropped).containsExactly("503");
    assertNothingInFlight(cluster);
  }

  @Test
  void failure_beforeAnythingLeft_isTriedAgain_afterwardsNot() throws Exception {
    Cluster cluster = cluster(null);
    publish(cluster, RetryPolicy.SAFE, Duration.ZERO);
    CompletableFuture<String> unsent = start();
    library.next().fail(new IOException("refused"), /* left= */ false);
    library.next().answer.complete(200);
    assertThat(unsent.get()).isEqualTo("200");

    CompletableFuture<String> sent = start();
    library.next().fail(new IOException("reset"), /* left= */ true);
    assertThatThrownBy(sent::get).hasRootCauseMessage("reset");
    assertNothingInFlight(cluster);
  }

  @Test
  void failure_ofTheApplicationsOwn_isNotTriedAgain() throws Exception {
    Cluster cluster = cluster(null);
    publish(cluster, RetryPolicy.SAFE, Duration.ZERO);
    CompletableFuture<String> call = start();
    Made made = library.next();

    made.attempt.local();
    made.fail(new IOException("no connection left in the pool"), /* left= */ false);

    assertThatThrownBy(call::get).hasRootCauseMessage("no connection left in the pool");
    assertNothingInFlight(cluster);
  }

  @Test
  void hedge_thatCannotBeSent_leavesTheCallToTheFirst() throws Exception {
    Cluster cluster = cluster(new Hedging("p", 1, 2));
    publish(cluster, RetryPolicy.NONE, Duration.ZERO);
    CompletableFuture<String> call = start();
    Made[] both = library.firstAndHedge();
    Made first = both[0];
    Made second = both[1];

    second.attempt.local();
    second.fail(new IOException("no connection left in the pool"), /* left= */ false);
    second.thread.join();
    first.answer.complete(200);

    assertThat(call.get()).isEqualTo("200");
    assertNothingInFlight(cluster);
  }

  @Test
  void timeoutOfRoute_breaksTheAttemptOff_andIsAnswered() throws Exception {
    Cluster cluster = cluster(null);
    publish(cluster, RetryPolicy.NONE, Duration.ofMillis(500));

    CompletableFuture<String> call = start();
    Made made = library.next();

    assertThat(call.get()).isEqualTo("504 timeout of HTTPRoute/shop/orders rule 0 passed");
    assertThat(made.attempt.isBrokenOff()).isTrue();
    assertNothingInFlight(cluster);
  }

  @Test
  void call_givenUp_breaksTheAttemptOff_andItsExceptionIsTheApplications() throws Exception {
    Cluster cluster = cluster(null);
    publish(cluster, TestMesh.retrying(3, 503), Duration.ZERO);
    CompletableFuture<String> call = start();
    library.next();

    library.giveUp();

    assertThatThrownBy(call::get).hasRootCauseMessage("closed");
    assertNothingInFlight(cluster);
  }

  @Test
  void call_givenUpBeforeItBegan_sendsNothing() throws Exception {
    Cluster cluster = cluster(null);
    publish(cluster, RetryPolicy.NONE, Duration.ZERO);
    Call call = call();
    BlockingHttpExchange<String> exchange = new BlockingHttpExchange<>(call, library);
    exchange.giveUp();

    assertThatThrownBy(() -> BlockingCall.run(call, exchange)).hasMessage("closed");
    assertNothingInFlight(cluster);
  }

  @Test
  void call_givenUpBetweenTwoAttempts_waitsNoLonger() throws Exception {
    Cluster cluster = cluster(null);
    RetryPolicy slow = new RetryPolicy(1, Set.of(503), Set.of(), false, HOUR, HOUR);
    publish(cluster, slow, Duration.ZERO);
    CompletableFuture<String> call = start();
    library.next().answer.complete(503);
    while (library.dropped.isEmpty()) {
      Thread.onSpinWait();
    }

    library.giveUp();

    assertThatThrownBy(call::get).hasCauseInstanceOf(InterruptedIOException.class);
    assertThat(cluster.load().active()).isZero();
  }

  @Test
  void call_givenUpAfterItsAnswer_leavesTheConnection_cancelledItBreaksItOff() throws Exception {
    publish(cluster(null), RetryPolicy.NONE, Duration.ZERO);
    CompletableFuture<String> call = start();
    Made made = library.next();
    made.answer.complete(200);
    call.get();

    library.giveUp();
    assertThat(made.attempt.isBrokenOff()).isFalse();

    Objects.requireNonNull(library.exchange).cancel();
    assertThat(made.attempt.isBrokenOff()).isTrue();
  }

  @Test
  void run_saysWhatTheLibraryThrew_whateverItIs() {
    publish(cluster(null), RetryPolicy.NONE, Duration.ZERO);
    for (Exception thrown :
        List.of(new IOException(), new IllegalStateException(), new GeneralSecurityException())) {
      Sent<String> sent = new BlockingHttpExchange<>(call(), new Throwing(thrown)).run();

      assertThat(sent.error()).isSameAs(thrown);
    }
  }

  @Test
  void run_faultOfOurs_isNotTheApplications() {
    Cluster cluster = cluster(null);
    publish(cluster, RetryPolicy.NONE, Duration.ZERO);
    BlockingHttpExchange<String> exchange =
        new BlockingHttpExchange<>(
            call(),
            new Library() {
              @Override
              public Sending<String> prepare(HttpAttempt attempt) {
                throw new IllegalStateException("ours");
              }
            });

    assertThatThrownBy(exchange::run).hasMessage("ours");
    assertNothingInFlight(cluster);
  }

  @Test
  void run_interrupted_saysSoAsTheLibraryWould() {
    RetryPolicy slow = new RetryPolicy(1, Set.of(), Set.of(), false, HOUR, HOUR);
    publish(cluster(null), slow, Duration.ZERO);
    Throwing refused =
        new Throwing(new IOException("refused")) {
          @Override
          public Sending<String> prepare(HttpAttempt attempt) {
            Thread.currentThread().interrupt();
            return super.prepare(attempt);
          }
        };

    Sent<String> sent = new BlockingHttpExchange<>(call(), refused).run();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(sent.error()).isInstanceOf(InterruptedIOException.class);
  }

  @Test
  void idleConnection_closedByTheServer_isReplacedOnce_forWhatMayBeRepeated() throws Exception {
    publish(cluster(null), RetryPolicy.NONE, Duration.ZERO);
    CompletableFuture<String> get = start();
    Made made = library.next();
    assertThat(made.attempt.sendsAgain()).isTrue();
    assertThat(made.attempt.sendsAgain()).isFalse();
    made.answer.complete(200);
    get.get();

    CompletableFuture<String> post = start(mesh.call(TestRequest.of("POST", "orders", "/")));
    Made posted = library.next();
    assertThat(posted.attempt.sendsAgain()).isFalse();
    posted.answer.complete(200);
    post.get();
  }

  @Test
  void idleConnection_closedByTheServer_isNotReplaced_onceTheCallIsGivenUp() throws Exception {
    publish(cluster(null), RetryPolicy.NONE, Duration.ZERO);
    CompletableFuture<String> call = start();
    Made made = library.next();

    library.giveUp();

    assertThat(made.attempt.sendsAgain()).isFalse();
    assertThatThrownBy(call::get).hasRootCauseMessage("closed");
  }

  @Test
  void hedge_answersFirst_theOtherIsBrokenOffUnderItsCaller() throws Exception {
    Cluster cluster = cluster(new Hedging("p", 1, 2));
    publish(cluster, RetryPolicy.NONE, Duration.ZERO);
    CompletableFuture<String> call = start();
    Made[] both = library.firstAndHedge();
    Made first = both[0];
    Made second = both[1];
    assertThat(List.of(first, second))
        .extracting(made -> made.thread.getName())
        .containsExactlyInAnyOrder("caller", "endomesh-attempt");

    second.answer.complete(200);

    assertThat(call.get()).isEqualTo("200");
    assertThat(first.attempt.isBrokenOff()).isTrue();
    assertThat(second.attempt.isBrokenOff()).isFalse();
    assertNothingInFlight(cluster);
  }

  @Test
  void hedge_firstAnswersAfterAll_theHedgeIsBrokenOff() throws Exception {
    Cluster cluster = cluster(new Hedging("p", 1, 2));
    publish(cluster, RetryPolicy.NONE, Duration.ZERO);
    CompletableFuture<String> call = start();
    Made[] both = library.firstAndHedge();
    Made first = both[0];
    Made second = both[1];

    first.answer.complete(200);

    assertThat(call.get()).isEqualTo("200");
    assertThat(second.attempt.isBrokenOff()).isTrue();
    assertNothingInFlight(cluster);
  }

  @Test
  void hedgedCall_givenUp_breaksAllOff() throws Exception {
    Cluster cluster = cluster(new Hedging("p", 1, 2));
    publish(cluster, RetryPolicy.NONE, Duration.ZERO);
    CompletableFuture<String> call = start();
    Made[] both = library.firstAndHedge();
    Made first = both[0];
    Made second = both[1];

    library.giveUp();

    assertThatThrownBy(call::get).isInstanceOf(ExecutionException.class);
    assertThat(List.of(first, second)).allMatch(made -> made.attempt.isBrokenOff());
    assertNothingInFlight(cluster);
  }

  @Test
  void copy_goesOnAThreadOfItsOwn_andIsDropped() throws Exception {
    Cluster shadow = TestMesh.cluster("shadow", TestMesh.endpoint(9));
    Cluster cluster = cluster(null);
    RouteAction mirrored =
        new RouteAction.Forward(
            WeightedClusters.of(cluster), null, List.of(new Mirror(shadow, Share.ALL)));
    Route plain = TestMesh.route(cluster);
    Route route = new Route("orders", plain.match(), mirrored, RoutePolicy.DEFAULT);
    mesh.publish(TestMesh.snapshot(null, "orders", route));
    CompletableFuture<String> call = start();
    Made one = library.next();
    Made two = library.next();
    Made copy = one.attempt.attempt().isCopy() ? one : two;

    (copy == one ? two : one).answer.complete(200);
    assertThat(call.get()).isEqualTo("200");

    copy.answer.complete(500);
    assertThat(copy.thread.getName()).isEqualTo("endomesh-attempt");
    copy.thread.join();
    assertThat(library.dropped).containsExactly("500");
    assertThat(shadow.endpoints().get(0).load().inFlight()).isZero();
  }

  private static Cluster cluster(@Nullable Hedging hedging) {
    return TestMesh.cluster(
        "orders",
        new ClusterPolicy(null, Balancing.DEFAULT, AMPLE, null, 50, false, null, hedging),
        TestMesh.endpoint(1),
        TestMesh.endpoint(2));
  }

  private void publish(Cluster cluster, RetryPolicy retry, Duration timeout) {
    mesh.publish(TestMesh.snapshot(null, "orders", TestMesh.route(cluster, retry, timeout)));
  }

  private Call call() {
    return mesh.call(TestRequest.get("orders", "/"));
  }

  private CompletableFuture<String> start() {
    return start(call());
  }

  private CompletableFuture<String> start(Call call) {
    CompletableFuture<String> result = new CompletableFuture<>();
    BlockingHttpExchange<String> exchange = new BlockingHttpExchange<>(call, library);
    library.exchange = exchange;
    Thread caller =
        new Thread(
            () -> {
              try {
                result.complete(BlockingCall.run(call, exchange));
              } catch (IOException | InterruptedException | RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            },
            "caller");
    caller.setDaemon(true);
    caller.start();
    return result;
  }

  /** Those that lost end on their own threads. */
  private static void assertNothingInFlight(Cluster cluster) {
    while (cluster.load().active() > 0
        || cluster.endpoints().stream().anyMatch(each -> each.load().inFlight() > 0)) {
      Thread.onSpinWait();
    }
  }

  /** One attempt as the library makes it. */
  private record Made(HttpAttempt attempt, Thread thread, CompletableFuture<Integer> answer) {
    void fail(IOException error, boolean left) {
      if (left) {
        attempt.leaves();
      }
      answer.completeExceptionally(error);
    }
  }

  /** Throws what it is told to as soon as it is to send. */
  private static class Throwing extends Library {
    private final Exception thrown;

    Throwing(Exception thrown) {
      this.thrown = thrown;
    }

    @Override
    public Sending<String> prepare(HttpAttempt attempt) {
      return () -> {
        if (thrown instanceof RuntimeException unchecked) {
          throw unchecked;
        }
        throw thrown instanceof IOException broken ? broken : new LibraryException(thrown);
      };
    }
  }

  private static class Library implements BlockingHttp<String> {
    private final BlockingQueue<Made> made = new LinkedBlockingQueue<>();
    private final List<String> dropped = new CopyOnWriteArrayList<>();
    private volatile @Nullable BlockingHttpExchange<String> exchange;

    void giveUp() {
      Objects.requireNonNull(exchange).giveUp();
    }

    Made next() throws InterruptedException {
      return made.take();
    }

    /** The first attempt is on its caller's thread, and may come later than the one beside it. */
    Made[] firstAndHedge() throws InterruptedException {
      Made one = next();
      Made other = next();
      return one.thread.getName().equals("caller")
          ? new Made[] {one, other}
          : new Made[] {other, one};
    }

    @Override
    public Sending<String> prepare(HttpAttempt attempt) {
      return () -> {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        attempt.onBreakOff(() -> answer.completeExceptionally(new IOException("closed")));
        made.add(new Made(attempt, Thread.currentThread(), answer));
        try {
          int status = answer.get();
          attempt.leaves();
          attempt.answered(status, name -> List.of());
          return Integer.toString(status);
        } catch (ExecutionException e) {
          throw (IOException) e.getCause();
        } catch (InterruptedException e) {
          throw new InterruptedIOException();
        }
      };
    }

    @Override
    public Sending<String> prepareCopy(HttpAttempt copy) {
      return prepare(copy);
    }

    @Override
    public void drop(String response) {
      dropped.add(response);
    }

    @Override
    public String local(LocalAnswer answer) {
      return answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8);
    }
  }
}
