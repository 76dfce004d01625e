package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one attempt, as the elements of the library's chain use it: it is opened to the
 * attempt's endpoint by the attempt's TLS, and tells the attempt what happens on it. Being below
 * all other elements, it sees requests as they go on the wire, and answers before cookies are taken
 * from them. Thread-safe in {@link #cancel}.
 *
 * <p>A proxy, because the interface has got more methods with each version of the library.
 */
final class AttemptRuntime implements InvocationHandler, CancellableDependency {

  private final ExecRuntime runtime;
  private final HttpAttempt http;
  private final HttpRoute route;
  private final @Nullable String target;
  private final @Nullable String authority;
  private boolean delivers;
  private boolean reused;

  private final AtomicBoolean cancelled = new AtomicBoolean();
  private final AtomicReference<@Nullable Cancellable> dependency = new AtomicReference<>();

  /**
   * @param original of the call: this one gets a connection of its own
   * @param route that its connection has in the pool
   * @param target path and query on the wire, null for those of the request
   * @param authority host on the wire, null for that of the request
   */
  AttemptRuntime(
      ExecRuntime original,
      HttpAttempt http,
      HttpRoute route,
      @Nullable String target,
      @Nullable String authority) {
    this.runtime = original.fork(this);
    this.http = http;
    this.route = route;
    this.target = target;
    this.authority = authority;
    http.onBreakOff(this::cancel);
  }

  /** As the library takes it. */
  ExecRuntime asRuntime() {
    return (ExecRuntime)
        Proxy.newProxyInstance(
            AttemptRuntime.class.getClassLoader(), new Class<?>[] {ExecRuntime.class}, this);
  }

  /** True if an attempt is under way already, so that its call goes on as the library has it. */
  static boolean is(ExecRuntime runtime) {
    return Proxy.isProxyClass(runtime.getClass())
        && Proxy.getInvocationHandler(runtime) instanceof AttemptRuntime;
  }

  /**
   * True if the server had closed a pooled connection before the request came: asking once more at
   * the same endpoint is no retry (RFC 9112, 9.3.1).
   */
  boolean wasStale(IOException failure) {
    return reused
        && (failure instanceof NoHttpResponseException
            || failure instanceof SocketException && !(failure instanceof ConnectException));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given)
      throws Throwable {
    @Nullable Object[] arguments = given == null ? new Object[0] : given;
    switch (method.getName()) {
      case "acquireEndpoint" -> {
        arguments[1] = route;
        acquire(method, arguments);
        reused = runtime.isEndpointConnected();
        return null;
      }
      case "connectEndpoint" -> {
        connect((HttpClientContext) arguments[0]);
        return null;
      }
      case "execute" -> {
        return execute(method, arguments);
      }
      case "equals" -> {
        return proxy == arguments[0];
      }
      default -> {
        return call(method, arguments);
      }
    }
  }

  private void acquire(Method method, @Nullable Object[] arguments) throws Throwable {
    boolean acquired = false;
    try {
      call(method, arguments);
      acquired = true;
    } finally {
      if (!acquired) {
        http.local();
      }
    }
  }

  private @Nullable Object call(Method method, @Nullable Object[] arguments) throws Throwable {
    try {
      return method.invoke(runtime, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private void connect(@Nullable HttpClientContext context) throws IOException {
    Attempt attempt = http.attempt();
    ClientTls tls = attempt.tls();
    if (tls == null || context == null) {
      runtime.connectEndpoint(context);
    } else {
      Handshake.around(
          tls,
          attempt.endpoint().address(),
          connectTimeoutMillis(context),
          () -> runtime.connectEndpoint(context));
    }
  }

  /** The library's own handshakes have its connect timeout, too. */
  private static int connectTimeoutMillis(HttpClientContext context) {
    Timeout timeout = context.getRequestConfig().getConnectTimeout();
    return timeout == null ? DEFAULT_CONNECT_MILLIS : timeout.toMillisecondsIntBound();
  }

  /** The library's: {@code RequestConfig.DEFAULT_CONNECT_TIMEOUT}, three minutes. */
  private static final int DEFAULT_CONNECT_MILLIS = 180_000;

  private @Nullable Object execute(Method method, @Nullable Object[] arguments) throws Throwable {
    HttpClientContext context = (HttpClientContext) arguments[arguments.length - 1];
    if (!runtime.isEndpointConnected()) {
      // Or the library connects by itself here, past us.
      connect(context);
    }
    http.leaves();
    arguments[1] = wire((ClassicHttpRequest) arguments[1]);
    ClassicHttpResponse response = (ClassicHttpResponse) call(method, arguments);
    if (response == null) {
      return null;
    }
    // Asked again by the library on this connection, with a password: the attempt is over.
    delivers = Heads.answer(http, response, delivers);
    return response;
  }

  private ClassicHttpRequest wire(@Nullable Object given) {
    ClassicHttpRequest request = (ClassicHttpRequest) Objects.requireNonNull(given);
    if (target == null && authority == null) {
      return request;
    }
    ClassicHttpRequest wire = Messages.copy(request);
    if (target != null) {
      wire.setPath(target);
    }
    if (authority != null) {
      wire.setHeader("Host", authority);
    }
    return wire;
  }

  @Override
  public void setDependency(Cancellable next) {
    dependency.set(next);
    if (cancelled.get()) {
      next.cancel();
    }
  }

  @Override
  public boolean isCancelled() {
    return cancelled.get();
  }

  @Override
  public boolean cancel() {
    if (!cancelled.compareAndSet(false, true)) {
      return false;
    }
    Cancellable now = dependency.get();
    if (now != null) {
      now.cancel();
    }
    return true;
  }
}
