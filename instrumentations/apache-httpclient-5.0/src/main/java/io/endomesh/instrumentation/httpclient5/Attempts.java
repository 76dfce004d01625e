package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.http.BlockingHttp;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LibraryException;
import io.endomesh.dataplane.http.LocalAnswer;
import java.io.IOException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;

/**
 * How this library makes the attempts of one call: the rest of its chain, with another connection.
 * Thread-safe as far as hedged calls need it.
 */
final class Attempts implements BlockingHttp<ClassicHttpResponse> {

  private final ExecChainHandler exec;
  private final ClassicHttpRequest request;
  private final ExecChain.Scope scope;
  private final ExecChain chain;
  private final RequestView view;

  Attempts(
      ExecChainHandler exec,
      ClassicHttpRequest request,
      ExecChain.Scope scope,
      ExecChain chain,
      RequestView view) {
    this.exec = exec;
    this.request = request;
    this.scope = scope;
    this.chain = chain;
    this.view = view;
  }

  @Override
  public Sending<ClassicHttpResponse> prepare(HttpAttempt attempt) {
    ClassicHttpRequest sent = Messages.copy(request);
    Messages.change(sent, view.changedHeaders());
    String target = view.sentTarget();
    String authority = view.sentAuthority();
    HttpClientContext context = context(attempt.attempt());
    return () -> send(attempt, sent, target, authority, context);
  }

  /** Hedges run beside an attempt that has the application's. */
  private HttpClientContext context(Attempt attempt) {
    HttpClientContext context = scope.clientContext;
    return attempt.isHedged() && attempt.number() > 1 ? Contexts.beside(context) : context;
  }

  private ClassicHttpResponse send(
      HttpAttempt attempt,
      ClassicHttpRequest sent,
      @Nullable String target,
      @Nullable String authority,
      HttpClientContext context)
      throws IOException {
    HttpRoute route = MeshRoute.to(attempt.attempt(), scope.route);
    while (true) {
      AttemptRuntime runtime =
          new AttemptRuntime(scope.execRuntime, attempt, route, target, authority);
      try {
        return execute(runtime, sent, context);
      } catch (HttpException e) {
        throw new LibraryException(e);
      } catch (IOException e) {
        if (!runtime.wasStale(e) || !attempt.sendsAgain()) {
          throw e;
        }
      }
    }
  }

  private ClassicHttpResponse execute(
      AttemptRuntime runtime, ClassicHttpRequest sent, HttpClientContext context)
      throws IOException, HttpException {
    ExecChain.Scope own =
        new ExecChain.Scope(
            scope.exchangeId,
            MeshRoute.direct(scope.route),
            Messages.copy(sent),
            runtime.asRuntime(),
            context);
    return exec.execute(Messages.copy(sent), own, chain);
  }

  @Override
  public Sending<ClassicHttpResponse> prepareCopy(HttpAttempt copy) {
    ClassicHttpRequest sent = Messages.copy(request);
    Messages.change(sent, view.changedHeaders());
    String cookies = view.header("cookie");
    if (cookies != null) {
      sent.setHeader("Cookie", cookies);
    }
    CopyRequest request = new CopyRequest(sent, copy, view.sentTarget(), view.sentAuthority());
    return () -> request.send(scope.route.getTargetHost());
  }

  @Override
  public void drop(ClassicHttpResponse response) {
    EntityUtils.consumeQuietly(response.getEntity());
    Closer.closeQuietly(response);
  }

  @Override
  public ClassicHttpResponse local(LocalAnswer answer) {
    return Messages.local(answer);
  }
}
