package io.endomesh.instrumentation.armeria.client;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestId;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.http.HttpAttempt;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * One attempt: a request of its own, in a context of its own. Its answer goes to the application as
 * it comes, at the pace at which the application reads it, once its head has said that it is the
 * application's. Used by the event loop of the call.
 */
final class AttemptAnswer implements Subscriber<HttpObject> {

  /** Parts of an answer, of 8 KB most often, that are asked for before the first one is read. */
  private static final int UNDER_WAY = 16;

  private static final int FIRST_FINAL = 200;

  private final Attempts attempts;
  private final HttpAttempt http;
  private final RequestHeaders head;
  private final CompletableFuture<HttpResponse> done = new CompletableFuture<>();

  private boolean isCopy;
  private @Nullable ClientRequestContext context;
  private @Nullable Subscription subscription;
  private @Nullable HttpResponseWriter delivered;
  private boolean isDropped;
  private boolean isLogged;

  AttemptAnswer(Attempts attempts, HttpAttempt http, RequestHeaders head) {
    this.attempts = attempts;
    this.http = http;
    this.head = head;
  }

  CompletableFuture<HttpResponse> done() {
    return done;
  }

  void send() {
    http.startClock(attempts.context().eventLoop());
    start();
  }

  /** What is answered to it is nobody's. */
  void sendCopy() {
    isCopy = true;
    http.startClock(attempts.context().eventLoop());
    start();
  }

  private void start() {
    Attempt attempt = http.attempt();
    ClientRequestContext parent = attempts.context();
    boolean speaksHttp2 = Protocols.speaksHttp2(head, parent.sessionProtocol());
    Endpoint endpoint = endpoint(attempt, parent, speaksHttp2);
    HttpRequest request = attempts.withHead(head);
    ClientRequestContext made =
        parent.newDerivedContext(
            RequestId.random(), request, isCopy ? null : parent.rpcRequest(), endpoint);
    context = made;
    made.setAttr(Attempts.ATTEMPT, true);
    made.logBuilder().serializationFormat(parent.log().partial().serializationFormat());
    head.forEach((name, value) -> overrule(made, name));
    long left = isCopy ? Call.NO_TIMEOUT : attempts.view().nanosLeft();
    if (left != Call.NO_TIMEOUT) {
      made.setResponseTimeoutMillis(TimeUnit.NANOSECONDS.toMillis(left) + 1);
    }
    made.log().whenAvailable(RequestLogProperty.SESSION).thenAccept(this::connected);
    if (!isCopy) {
      parent.logBuilder().addChild(made.log());
    }
    HttpResponse response;
    try {
      response =
          attempts.client().execute(Protocols.inside(attempt.tls(), made, speaksHttp2), request);
    } catch (Exception e) {
      done.completeExceptionally(e);
      return;
    }
    http.onBreakOff(() -> response.abort());
    // On the connection's own loop: who reads an answer elsewhere can have the library forget to go
    // on
    // reading (seen with 1.40).
    response.subscribe(this, made.eventLoop());
  }

  /** TLS of the application's own is by the name that it knows. */
  private Endpoint endpoint(Attempt attempt, ClientRequestContext parent, boolean speaksHttp2) {
    InetSocketAddress address = attempt.endpoint().address();
    Endpoint asked = parent.endpoint();
    if (attempt.tls() == null && parent.sessionProtocol().isTls() && asked != null) {
      return Endpoint.of(asked.host(), address.getPort())
          .withIpAddr(address.getAddress().getHostAddress());
    }
    String name = PooledHost.of(attempt.tls(), speaksHttp2, isCopy);
    return Protocols.endpoint(address, name, speaksHttp2);
  }

  /** What is sent is in the head: what the application has added to the call is not to hide it. */
  private static void overrule(ClientRequestContext made, CharSequence name) {
    if (made.additionalRequestHeaders().contains(name)) {
      made.mutateAdditionalRequestHeaders(added -> added.remove(name));
    }
  }

  private void connected(RequestLog log) {
    if (log.channel() != null) {
      http.leaves();
    }
  }

  @Override
  public void onSubscribe(Subscription s) {
    subscription = s;
    s.request(1);
  }

  @Override
  public void onNext(HttpObject part) {
    Subscription more = subscription;
    if (more == null) {
      return;
    }
    HttpResponseWriter out = delivered;
    if (out == null && !isDropped && part instanceof ResponseHeaders answer) {
      if (answer.status().code() >= FIRST_FINAL || answer.status().code() == 101) {
        decide(answer, more);
        return;
      }
    } else if (out != null) {
      pass(out, part, more);
      return;
    }
    more.request(1);
  }

  private void decide(ResponseHeaders answer, Subscription more) {
    boolean isOurs = http.answered(answer.status().code(), answer::getAll);
    if (!isOurs || isCopy) {
      isDropped = true;
      done.complete(HttpResponse.of(answer));
      more.request(Long.MAX_VALUE);
      return;
    }
    ResponseHeadersBuilder changed = answer.toBuilder();
    http.attempt().changeResponse(new AnswerHeaders(changed));
    HttpResponseWriter out = HttpResponse.streaming();
    delivered = out;
    out.whenComplete()
        .whenComplete(
            (whole, error) -> {
              if (error != null) {
                more.cancel();
                endLog();
              }
            });
    pass(out, changed.build(), more);
    more.request(UNDER_WAY - 1);
    CallContext before = attempts.call().context().attach();
    try {
      done.complete(out);
    } finally {
      CallContext.restore(before);
    }
  }

  private void pass(HttpResponseWriter out, HttpObject part, Subscription more) {
    CallContext before = attempts.call().context().attach();
    try {
      if (out.tryWrite(part)) {
        out.whenConsumed().thenRun(() -> more.request(1));
      } else {
        more.cancel();
      }
    } finally {
      CallContext.restore(before);
    }
  }

  @Override
  public void onError(Throwable cause) {
    HttpResponseWriter out = delivered;
    if (out != null) {
      endLog();
      told(() -> out.close(cause));
    } else if (isStale(cause) && http.sendsAgain()) {
      subscription = null;
      start();
    } else if (!isDropped) {
      done.completeExceptionally(
          cause instanceof ResponseTimeoutException ? cause : new Attempts.BrokenOff(cause));
    }
  }

  /** The server had closed the connection of the pool while it was idle. */
  private boolean isStale(Throwable cause) {
    ClientRequestContext sent = context;
    Throwable reason = cause instanceof UnprocessedRequestException ? cause.getCause() : cause;
    if (isDropped || isCopy || sent == null || !(reason instanceof ClosedSessionException)) {
      return false;
    }
    RequestLog log = sent.log().partial();
    return log.channel() != null && log.connectionTimings() == null;
  }

  @Override
  public void onComplete() {
    HttpResponseWriter out = delivered;
    if (out != null) {
      endLog();
      told(out::close);
    } else if (!isDropped) {
      done.completeExceptionally(new Attempts.BrokenOff(ClosedSessionException.get()));
    }
  }

  /** Once: the application may give up what has ended. */
  private void endLog() {
    if (!isLogged) {
      isLogged = true;
      attempts.context().logBuilder().endResponseWithLastChild();
    }
  }

  private void told(Runnable end) {
    CallContext before = attempts.call().context().attach();
    try {
      end.run();
    } finally {
      CallContext.restore(before);
    }
  }
}
