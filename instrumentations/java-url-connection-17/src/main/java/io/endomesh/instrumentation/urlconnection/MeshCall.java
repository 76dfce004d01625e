package io.endomesh.instrumentation.urlconnection;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.BlockingHttpExchange;
import io.endomesh.dataplane.http.Sent;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way, whose body is in memory: through the mesh if it knows the host, else by
 * the JDK as if there were no mesh. Thread-safe in {@link #giveUp}.
 */
final class MeshCall implements GivenUp {

  private final AppRequest request;

  // Guarded by this.
  private boolean givenUp;
  private @Nullable Runnable how;

  MeshCall(AppRequest request) {
    this.request = request;
  }

  @Override
  public void giveUp() {
    Runnable run;
    synchronized (this) {
      givenUp = true;
      run = how;
    }
    if (run != null) {
      run.run();
    }
  }

  private void onGiveUp(Runnable run) {
    boolean now;
    synchronized (this) {
      how = run;
      now = givenUp;
    }
    if (now) {
      run.run();
    }
  }

  Answer send() throws IOException {
    RequestView view = RequestView.of(request);
    Call call = view == null ? null : begin(view);
    if (view == null || call == null) {
      return byJdk();
    }
    BlockingHttpExchange<Answer> exchange =
        new BlockingHttpExchange<>(call, new Attempts(request, view));
    onGiveUp(exchange::giveUp);
    Sent<Answer> sent;
    try {
      sent = exchange.run();
    } catch (RuntimeException e) {
      Suppressed.report(e);
      return byJdk();
    }
    Answer answer = sent.get();
    answer.delivered();
    return answer;
  }

  /** Null if the mesh does not know the host, or fails. */
  static @Nullable Call begin(RequestView view) {
    try {
      return Weaving.mesh().call(view);
    } catch (RuntimeException e) {
      Suppressed.report(e);
      return null;
    }
  }

  static InterruptedIOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted = new InterruptedIOException("interrupted");
    interrupted.initCause(e);
    return interrupted;
  }

  private Answer byJdk() throws IOException {
    HttpURLConnection connection = request.open();
    onGiveUp(connection::disconnect);
    request.writeBody(connection);
    return answerOf(connection);
  }

  static Answer answerOf(HttpURLConnection connection) throws IOException {
    if (connection.getResponseCode() < 0) {
      connection.getInputStream().close(); // Throws what was wrong, if the JDK knows.
    }
    return new JdkAnswer(connection);
  }
}
