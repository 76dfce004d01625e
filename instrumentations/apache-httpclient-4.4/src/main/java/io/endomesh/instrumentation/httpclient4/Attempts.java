package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.http.BlockingHttp;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LibraryException;
import io.endomesh.dataplane.http.LocalAnswer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import org.apache.http.HttpEntity;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpException;
import org.apache.http.HttpHost;
import org.apache.http.NoHttpResponseException;
import org.apache.http.auth.AuthState;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.client.utils.HttpClientUtils;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;
import org.apache.http.util.EntityUtils;

/**
 * How this library makes the attempts of one call: its last element, with another route, context
 * and request. Thread-safe as far as hedged calls need it.
 */
final class Attempts implements BlockingHttp<CloseableHttpResponse> {

  private final ClientExecChain exec;
  private final HttpRoute asked;
  private final HttpRequestWrapper request;
  private final HttpClientContext context;
  private final RequestView view;

  Attempts(
      ClientExecChain exec,
      HttpRoute asked,
      HttpRequestWrapper request,
      HttpClientContext context,
      RequestView view) {
    this.exec = exec;
    this.asked = asked;
    this.request = request;
    this.context = context;
    this.view = view;
  }

  @Override
  public Sending<CloseableHttpResponse> prepare(HttpAttempt attempt) {
    HttpRequestWrapper sent = Messages.wire(request, view);
    HttpContext own = context(attempt.attempt());
    return () -> send(exec, attempt, sent, own);
  }

  @Override
  public Sending<CloseableHttpResponse> prepareCopy(HttpAttempt copy) {
    HttpRequestWrapper sent = Messages.wire(request, view);
    return () -> send(Copies.EXEC, copy, sent, Copies.context());
  }

  /** Hedges run beside an attempt that has the application's. */
  private HttpContext context(Attempt attempt) {
    if (!attempt.isHedged() || attempt.number() == 1) {
      return context;
    }
    HttpContext own = new BasicHttpContext(context);
    own.setAttribute(HttpClientContext.TARGET_AUTH_STATE, new AuthState());
    own.setAttribute(HttpClientContext.PROXY_AUTH_STATE, new AuthState());
    return own;
  }

  private CloseableHttpResponse send(
      ClientExecChain by, HttpAttempt attempt, HttpRequestWrapper sent, HttpContext own)
      throws IOException {
    HttpRoute route = MeshRoute.to(attempt.attempt(), asked);
    while (true) {
      AttemptContext attemptContext = new AttemptContext(own, target(), attempt.attempt().tls());
      try {
        return execute(by, attempt, route, sent, attemptContext);
      } catch (HttpException e) {
        throw new LibraryException(e);
      } catch (IOException e) {
        if (!attemptContext.isLeased()) {
          attempt.local();
        }
        if (!attemptContext.isReused() || !wasClosed(e) || !attempt.sendsAgain()) {
          throw e;
        }
      }
    }
  }

  private CloseableHttpResponse execute(
      ClientExecChain by,
      HttpAttempt attempt,
      HttpRoute route,
      HttpRequestWrapper sent,
      AttemptContext attemptContext)
      throws IOException, HttpException {
    // The library adds passwords to what it is given.
    HttpRequestWrapper given = Messages.copy(sent, sent.getRequestLine().getUri());
    CloseableHttpResponse response;
    try {
      response =
          by.execute(route, given, attemptContext, new AttemptSteps(attempt, attemptContext));
    } finally {
      keepEntity(given);
    }
    Messages.answered(attempt, response);
    return response;
  }

  /**
   * The library puts what remembers whether it was read around a body that can be read once only,
   * and asks it when an application's own handler wants to retry.
   */
  private void keepEntity(HttpRequestWrapper given) {
    HttpEntity entity = Messages.entity(given);
    if (entity != null
        && !entity.isRepeatable()
        && request instanceof HttpEntityEnclosingRequest enclosing) {
      enclosing.setEntity(entity);
    }
  }

  private static boolean wasClosed(IOException failure) {
    return failure instanceof NoHttpResponseException
        || failure instanceof SocketException && !(failure instanceof ConnectException);
  }

  /** Whom passwords are for. */
  private HttpHost target() {
    HttpHost target = context.getTargetHost();
    HttpHost planned = asked.getTargetHost();
    if (target == null) {
      return planned;
    }
    return target.getPort() >= 0
        ? target
        : new HttpHost(target.getHostName(), planned.getPort(), target.getSchemeName());
  }

  @Override
  public void drop(CloseableHttpResponse response) {
    EntityUtils.consumeQuietly(response.getEntity());
    HttpClientUtils.closeQuietly(response);
  }

  @Override
  public CloseableHttpResponse local(LocalAnswer answer) {
    return new LocalResponse(answer);
  }
}
