package io.endomesh.instrumentation.asynchttpclient;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.AsyncHttp;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.cookie.ClientCookieDecoder;
import io.netty.handler.codec.http.cookie.Cookie;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.asynchttpclient.AsyncHandler.State;
import org.asynchttpclient.Request;
import org.asynchttpclient.cookie.CookieStore;
import org.asynchttpclient.netty.EagerResponseBodyPart;
import org.asynchttpclient.netty.NettyResponseStatus;
import org.asynchttpclient.netty.request.NettyRequestSender;
import org.jspecify.annotations.Nullable;

/**
 * How this library makes the attempts of one call. What comes of it is an answer of the mesh;
 * nothing if a server's goes to the application as it comes. Thread-safe.
 */
final class Attempts implements AsyncHttp<Optional<LocalAnswer>> {

  /** Those the library follows (RFC 9110, 15.4). */
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final NettyRequestSender sender;
  private final Request request;
  private final RequestView view;
  private final Call call;
  private final Application application;
  private volatile @Nullable AttemptHandler delivering;

  Attempts(
      NettyRequestSender sender,
      Request request,
      RequestView view,
      Call call,
      Application application) {
    this.sender = sender;
    this.request = request;
    this.view = view;
    this.call = call;
    this.application = application;
  }

  /** Begins the call on this thread. */
  void start() {
    AsyncCall<Optional<LocalAnswer>> running =
        AsyncCall.start(call, new AsyncHttpExchange<>(view, this));
    // Cancelled by the application, or its timeout is over; harmless behind the end.
    application
        .future()
        .toCompletableFuture()
        .whenComplete(
            (value, error) -> {
              if (error != null) {
                running.cancel(true);
                AttemptHandler read = delivering;
                if (read != null) {
                  read.cancel();
                }
              }
            });
    running.whenComplete(this::end);
  }

  private void end(@Nullable Optional<LocalAnswer> answer, @Nullable Throwable error) {
    if (answer != null) {
      answer.ifPresent(this::answer);
    } else if (error != null) {
      Throwable cause = AsyncHttpExchange.unwrap(error);
      application.failed(
          cause instanceof TimedOut
              ? new TimeoutException("Request timeout to " + view.authority())
              : cause);
    }
  }

  private void answer(LocalAnswer answer) {
    HttpResponse head =
        response(answer.status(), HttpResponseStatus.valueOf(answer.status()).reasonPhrase());
    answer.headers().forEach(head.headers()::set);
    try {
      keepCookies(head.headers());
      if (follows(head)) {
        return;
      }
      EagerResponseBodyPart body =
          new EagerResponseBodyPart(Unpooled.wrappedBuffer(answer.body()), /* last= */ true);
      if (application.head(new NettyResponseStatus(request.getUri(), head, null), head.headers())
          == State.CONTINUE) {
        application.part(body);
      }
    } catch (Exception e) {
      application.failed(e);
      return;
    }
    application.done();
  }

  static HttpResponse response(int status, String reason) {
    return new DefaultHttpResponse(
        HttpVersion.HTTP_1_1, new HttpResponseStatus(status, reason), /* validateHeaders= */ false);
  }

  /** The library keeps those of answers that it has read itself. */
  void keepCookies(HttpHeaders headers) {
    CookieStore store = Internals.config(sender).getCookieStore();
    if (store != null) {
      for (String each : headers.getAll("set-cookie")) {
        Cookie cookie = ClientCookieDecoder.STRICT.decode(each);
        if (cookie != null) {
          store.add(request.getUri(), cookie);
        }
      }
    }
  }

  /** True if an answer is a redirect, and the library has gone on to where it leads. */
  boolean follows(HttpResponse head) throws Exception {
    return REDIRECTS.contains(head.status().code())
        && application.redirects(
            () -> Internals.redirects(sender, application.future(), request, head));
  }

  @Override
  public CompletableFuture<Optional<LocalAnswer>> send(HttpAttempt http) {
    AttemptHandler attempt = new AttemptHandler(this, http, Wire.of(view), request.getUri());
    attempt.start(
        () ->
            sender.sendRequest(
                Wire.request(request, http.attempt(), view.nanosLeft()),
                attempt,
                /* future= */ null));
    return attempt.done();
  }

  @Override
  public void mirror(Attempt copy) {
    HttpAttempt http = new HttpAttempt(copy);
    http.startClock();
    AttemptHandler sent = new AttemptHandler(null, http, Wire.of(view), request.getUri());
    sent.start(
        () -> Copies.CLIENT.executeRequest(Wire.request(request, copy, Call.NO_TIMEOUT), sent));
    sent.done()
        .whenComplete(
            (answer, error) -> {
              // Whatever comes of it is nothing to the application.
              if (error != null) {
                http.failed(error);
              }
            });
  }

  @Override
  public CompletableFuture<Optional<LocalAnswer>> reply(Reply reply) {
    return CompletableFuture.completedFuture(Optional.of(LocalAnswer.of(reply, view.method())));
  }

  @Override
  public IOException timedOut() {
    return new TimedOut();
  }

  /** Stands for the library's exception, which is none of those. */
  private static final class TimedOut extends InterruptedIOException {
    private static final long serialVersionUID = 1;
  }

  Application application() {
    return application;
  }

  /** From now on what happens in an attempt is the application's. */
  void delivers(AttemptHandler attempt) {
    delivering = attempt;
  }
}
