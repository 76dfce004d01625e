package io.endomesh.instrumentation.okhttp;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.http.BlockingHttp;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import java.io.IOException;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * How this library makes the attempts of one hop: each is a call of its own, by the application's
 * client with other sockets. Thread-safe as far as hedged calls need it.
 */
final class Attempts implements BlockingHttp<Response> {

  private final Interceptor.Chain chain;
  private final Request request;
  private final CallParts parts;
  private final RequestView view;

  private volatile @Nullable Call delivered;

  Attempts(Interceptor.Chain chain, CallParts parts, RequestView view) {
    this.chain = chain;
    this.request = chain.request();
    this.parts = parts;
    this.view = view;
  }

  /** The attempt whose answer the application reads; null if it has none, or one of ours. */
  @Nullable Call delivered() {
    return delivered;
  }

  @Override
  public Sending<Response> prepare(HttpAttempt attempt) {
    Request sent = Messages.changed(request, view.changedHeaders());
    AttemptClient client =
        new AttemptClient(parts, chain, attempt, Wire.of(view), view.nanosLeft());
    return () -> send(attempt, client.call(sent));
  }

  private Response send(HttpAttempt attempt, Call call) throws IOException {
    attempt.onBreakOff(call::cancel);
    Response response = call.execute();
    if (attempt.isAnswered() && attempt.delayNanos() == Attempt.DELIVER) {
      delivered = call;
      return ofHop(response);
    }
    return response;
  }

  /** What the interceptors above take for an answer of the network. */
  private Response ofHop(Response response) {
    return response
        .newBuilder()
        .request(Mark.on(request))
        .networkResponse(null)
        .body(new DeliveredBody(response, chain.call()))
        .build();
  }

  @Override
  public Sending<Response> prepareCopy(HttpAttempt copy) {
    Request sent = Messages.changed(request, view.changedHeaders());
    AttemptClient client = new AttemptClient(parts, chain, copy, Wire.of(view), view.nanosLeft());
    return () -> {
      Call call = client.copy(sent);
      copy.onBreakOff(call::cancel);
      return call.execute();
    };
  }

  @Override
  public void drop(Response response) {
    try {
      response.close();
    } catch (RuntimeException nobodys) {
      // Code of the application that reads the answer: there is none to be read.
    }
  }

  @Override
  public Response local(LocalAnswer answer) {
    return Messages.local(answer, Mark.on(request));
  }
}
