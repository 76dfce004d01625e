package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * The parts of an exchange that libraries treat so differently that only one thing can be promised:
 * in the mesh as outside of it.
 */
abstract class HttpClientMessageContract extends HttpClientStreamContract {

  private static final byte[] BODY = ExpectingServer.BODY.getBytes(StandardCharsets.US_ASCII);

  @Test
  void trailersOfAnAnswer_reachTheApplication_asOutsideTheMesh() throws Exception {
    try (ScriptedServer server = ScriptedServer.answeringWithTrailer()) {
      Answer outside = get(outside(server.port()));
      routes.host("orders", TestRoutes.endpoint(server.port(), null));

      Answer inside = get("http://orders/");

      assertThat(inside.text()).isEqualTo(outside.text()).isEqualTo("ok");
      assertThat(inside.trailers()).isEqualTo(outside.trailers());
      assertThat(inside.headers()).isEqualTo(outside.headers());
    }
  }

  @Test
  void expectContinue_theServerWantsTheBody_itArrives_asOutsideTheMesh() throws Exception {
    try (ExpectingServer outside = ExpectingServer.wanting();
        ExpectingServer inside = ExpectingServer.wanting()) {
      routes.host("orders", TestRoutes.endpoint(inside.port(), null));

      String expected = outcome(outside(outside.port()));

      assertThat(outcome("http://orders/")).isEqualTo(expected);
      assertThat(inside.seen()).isEqualTo(outside.seen()).hasSize(1);
    }
  }

  @Test
  void expectContinue_theServerDoesNotWantTheBody_theCallEndsAsOutsideTheMesh() throws Exception {
    try (ExpectingServer outside = ExpectingServer.refusing();
        ExpectingServer inside = ExpectingServer.refusing()) {
      routes.host("orders", TestRoutes.endpoint(inside.port(), null));

      String expected = outcome(outside(outside.port()));

      assertThat(outcome("http://orders/")).isEqualTo(expected);
      // Whether the body comes all the same is a race in some libraries, mesh or not.
      assertThat(inside.seen())
          .extracting(ExpectingServer.Seen::asked)
          .isEqualTo(outside.seen().stream().map(ExpectingServer.Seen::asked).toList())
          .hasSize(1);
    }
  }

  /** Reading from a socket does not end by it: a library that ignores it waits for the answer. */
  @Test
  void interrupt_whileTheServerThinks_endsTheCallOrNot_asOutsideTheMesh() throws Exception {
    try (Thinking outside = new Thinking();
        Thinking inside = new Thinking()) {
      routes.host("orders", inside.backend.endpoint());

      String expected = interrupted(outside(outside.backend.port()), outside, IGNORED_MILLIS);

      long patience = expected.startsWith(ANSWERED) ? IGNORED_MILLIS : PATIENCE_MILLIS;
      assertThat(interrupted("http://orders/", inside, patience)).isEqualTo(expected);
    }
  }

  private static final String ANSWERED = "answered ";

  /** Many times what a thread takes that hears of its interrupt. */
  private static final long IGNORED_MILLIS = 500;

  private static final long PATIENCE_MILLIS = 10_000;

  private String interrupted(String url, Thinking server, long patienceMillis) throws Exception {
    CompletableFuture<String> end = new CompletableFuture<>();
    Thread caller = new Thread(() -> end.complete(end(url)), "caller");
    caller.setDaemon(true);
    caller.start();
    Await.until("the request", () -> server.isAsked.getCount() == 0);
    caller.interrupt();
    try {
      return end.get(patienceMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException ignored) {
      server.answers.countDown();
      return ANSWERED + end.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private String end(String url) {
    String how;
    try {
      how = String.valueOf(get(url).status());
    } catch (IOException | InterruptedException e) {
      how = e.getClass().getName();
    }
    return how + (Thread.currentThread().isInterrupted() ? ", interrupted" : "");
  }

  /** A server that answers when it is told to. */
  private static final class Thinking implements AutoCloseable {
    private final CountDownLatch isAsked = new CountDownLatch(1);
    private final CountDownLatch answers = new CountDownLatch(1);
    private final Backend backend = Backend.plaintext("thinking").handling(this::handle);

    private void handle(HttpExchange exchange) throws IOException {
      isAsked.countDown();
      try {
        answers.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      exchange.sendResponseHeaders(204, -1);
    }

    @Override
    public void close() {
      answers.countDown();
      backend.close();
    }
  }

  /** The status; of a refusal some libraries make an exception, of what they do not know others. */
  private String outcome(String url) throws InterruptedException {
    try {
      return String.valueOf(expecting(url, BODY).status());
    } catch (IOException e) {
      return e.getClass().getName();
    }
  }
}
