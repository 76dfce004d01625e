package io.endomesh.instrumentation.vertx;

import io.endomesh.dataplane.Call;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientImpl;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * What the application gets for its request, before there is a connection: it keeps what the
 * application says, and begins the call when there is something to send. By name, because the
 * interface has other methods in each version. Used by one thread at a time.
 */
final class MeshRequest implements InvocationHandler {

  private final RequestView view;
  private final Body body = new Body();
  private final MeshCall call;
  private final HttpClientRequest proxy;
  private long timeoutMillis;
  private boolean isChunked;

  MeshRequest(
      HttpClientImpl client, Vertx vertx, RequestOptions options, RequestView view, Call call) {
    this.view = view;
    this.call = new MeshCall(client, vertx, call, view, body);
    this.timeoutMillis = options.getTimeout();
    this.call.follows(Boolean.TRUE.equals(options.getFollowRedirects()));
    if (options.getHeaders() != null) {
      view.headers().addAll(options.getHeaders());
    }
    this.proxy =
        (HttpClientRequest)
            Proxy.newProxyInstance(
                HttpClientRequest.class.getClassLoader(),
                new Class<?>[] {HttpClientRequest.class},
                this);
  }

  HttpClientRequest proxy() {
    return proxy;
  }

  /**
   * Sends what a redirect from outside the mesh led to.
   *
   * @param answer a handler of it until 4.x, a promise since
   * @return false if the request is not the mesh's
   */
  @SuppressWarnings("unchecked") // As the library has it.
  static boolean redirected(HttpClientRequest next, Object answer, long timeoutMillis) {
    if (!Proxy.isProxyClass(next.getClass())
        || !(Proxy.getInvocationHandler(next) instanceof MeshRequest mesh)) {
      return false;
    }
    mesh.timeoutMillis = timeoutMillis;
    mesh.call.follows(true);
    Future<HttpClientResponse> response = mesh.call.answer();
    if (answer instanceof Handler<?> handler) {
      response.onComplete((Handler<AsyncResult<HttpClientResponse>>) handler);
    } else {
      Promise<HttpClientResponse> promise = (Promise<HttpClientResponse>) answer;
      response.onSuccess(promise::tryComplete).onFailure(promise::tryFail);
    }
    mesh.end(null);
    return true;
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, @Nullable Object[] args)
      throws Throwable {
    Object first = args == null || args.length == 0 ? null : args[0];
    return switch (method.getName()) {
      case "headers" -> view.headers();
      case "putHeader" -> put(first, args[1]);
      case "getMethod" -> view.httpMethod();
      case "setMethod" -> {
        view.method(Calls.<HttpMethod>given(first));
        yield proxy;
      }
      case "getURI" -> view.target().uri();
      case "setURI" -> {
        view.target(view.target().with(Calls.<String>given(first)));
        yield proxy;
      }
      case "path" -> view.target().path();
      case "query" -> view.target().query();
      case "absoluteURI" -> view.target().absolute();
      case "getHost" -> view.target().host();
      case "getPort" -> view.target().port();
      case "connection" -> ShownConnection.of(view.target(), call.answered());
      case "setHost" -> {
        view.target(view.target().at(Calls.<String>given(first), view.target().port()));
        yield proxy;
      }
      case "setPort" -> {
        view.target(view.target().at(view.target().host(), Calls.<Integer>given(first)));
        yield proxy;
      }
      case "authority" -> {
        if (first == null) {
          yield Internals.authority(method.getReturnType(), view.target());
        }
        view.target(Internals.at(first, view.target()));
        yield proxy;
      }
      case "version" -> HttpVersion.HTTP_1_1;
      case "setChunked" -> {
        isChunked = Calls.<Boolean>given(first);
        yield proxy;
      }
      case "isChunked" -> isChunked;
      case "setFollowRedirects" -> {
        call.follows(Calls.<Boolean>given(first));
        yield proxy;
      }
      case "isFollowRedirects" -> call.follows();
      case "setMaxRedirects" -> {
        call.mostRedirects(Calls.<Integer>given(first));
        yield proxy;
      }
      case "numberOfRedirections" -> call.redirects();
      case "setTimeout", "idleTimeout" -> {
        timeoutMillis = Calls.<Long>given(first);
        yield proxy;
      }
      case "write", "end", "sendHead", "send", "response" -> sends(method.getName(), args, first);
      case "writeQueueFull" -> body.isFull();
      case "drainHandler" -> {
        body.onDrain(handler(first));
        yield proxy;
      }
      case "reset" -> reset(method, args);
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> proxy == first;
      case "toString" -> view.method() + " " + view.target().absolute();
      default -> Calls.other(self, method, args);
    };
  }

  @SuppressWarnings("unchecked") // As the interface says.
  private static <T> @Nullable Handler<T> handler(@Nullable Object handler) {
    return (Handler<T>) handler;
  }

  private HttpClientRequest put(@Nullable Object name, @Nullable Object value) {
    String key = String.valueOf(name);
    if (value instanceof Iterable<?> values) {
      view.headers().remove(key);
      values.forEach(each -> view.headers().add(key, String.valueOf(each)));
    } else {
      view.headers().set(key, String.valueOf(value));
    }
    return proxy;
  }

  /** With a handler at the end until 4.x, which gets what is a future else. */
  private @Nullable Object sends(String name, @Nullable Object[] args, @Nullable Object first) {
    Handler<AsyncResult<Object>> told =
        args != null && args.length > 0 && args[args.length - 1] instanceof Handler
            ? handler(args[args.length - 1])
            : null;
    Future<?> sent = sent(name, first == told ? null : first);
    if (told == null) {
      return sent;
    }
    sent.map(value -> (Object) value).onComplete(told);
    return name.equals("response") ? proxy : null;
  }

  private Future<?> sent(String name, @Nullable Object data) {
    switch (name) {
      case "response":
        return call.answer();
      case "sendHead":
        stream();
        return Future.succeededFuture();
      case "write":
        stream();
        body.part(buffer(data));
        return Future.succeededFuture();
      case "end":
        return end(data);
      default:
        return send(data);
    }
  }

  private static @Nullable Buffer bufferOrNull(@Nullable Object data) {
    return data == null ? null : buffer(data);
  }

  private static Buffer buffer(@Nullable Object data) {
    return data instanceof Buffer buffer ? buffer : Buffer.buffer(String.valueOf(data));
  }

  private void stream() {
    if (!call.isStarted()) {
      view.streamed();
      call.start(proxy, timeoutMillis);
    }
  }

  private Future<Void> end(@Nullable Object data) {
    if (body.isEnded()) {
      return Future.failedFuture(new IllegalStateException("Request already complete"));
    }
    if (call.isStarted()) {
      if (data != null) {
        body.part(buffer(data));
      }
      body.end();
    } else {
      body.whole(bufferOrNull(data));
      call.start(proxy, timeoutMillis);
    }
    return Future.succeededFuture();
  }

  private Future<?> send(@Nullable Object data) {
    if (data instanceof ReadStream<?> stream) {
      pipe(stream);
    } else {
      end(data);
    }
    return call.answer();
  }

  @SuppressWarnings("unchecked") // A request is written by buffers.
  private void pipe(ReadStream<?> stream) {
    Promise<Void> piped = Promise.promise();
    stream();
    ((ReadStream<Buffer>) stream).pipeTo((WriteStream<Buffer>) proxy).onComplete(piped);
    piped.future().onFailure(cause -> call.reset(0, cause));
  }

  /** Says whether it was in time until 4.x, and a future since. */
  private Object reset(Method method, @Nullable Object[] args) {
    long code = args == null || args.length == 0 ? 0 : Calls.<Long>given(args[0]);
    boolean isFirst =
        call.reset(code, args != null && args.length > 1 ? (Throwable) args[1] : null);
    return method.getReturnType() == boolean.class ? isFirst : Future.succeededFuture();
  }
}
