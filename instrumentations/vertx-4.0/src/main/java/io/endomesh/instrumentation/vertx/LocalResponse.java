package io.endomesh.instrumentation.vertx;

import io.endomesh.dataplane.http.LocalAnswer;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the mesh itself, as the library's answers are used. Its body flows when somebody
 * looks at it, and not before the application's frame has ended. Used by the thread of its context.
 */
final class LocalResponse implements InvocationHandler {

  private final LocalAnswer answer;
  private final Context context;
  private final MultiMap headers = MultiMap.caseInsensitiveMultiMap();
  private final Promise<Buffer> body = Promise.promise();
  private final Promise<Void> end = Promise.promise();
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;
  private boolean isLookedAt;
  private boolean isPaused;
  private boolean isGiven;

  private LocalResponse(LocalAnswer answer, Context context) {
    this.answer = answer;
    this.context = context;
    answer.headers().forEach(headers::add);
  }

  static HttpClientResponse of(LocalAnswer answer, Context context) {
    LocalResponse response = new LocalResponse(answer, context);
    return (HttpClientResponse)
        Proxy.newProxyInstance(
            HttpClientResponse.class.getClassLoader(),
            new Class<?>[] {HttpClientResponse.class},
            response);
  }

  @Override
  @SuppressWarnings("unchecked") // As the interface says.
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object[] args)
      throws Throwable {
    Object first = args == null || args.length == 0 ? null : args[0];
    switch (method.getName()) {
      case "statusCode":
        return answer.status();
      case "statusMessage":
        return HttpResponseStatus.valueOf(answer.status()).reasonPhrase();
      case "version":
        return HttpVersion.HTTP_1_1;
      case "headers":
        return headers;
      case "getHeader":
        return headers.get(String.valueOf(first));
      case "trailers":
        return MultiMap.caseInsensitiveMultiMap();
      case "cookies":
        return headers.getAll("set-cookie");
      case "getTrailer":
        return null;
      case "handler":
        handler = (Handler<Buffer>) first;
        soon();
        return proxy;
      case "endHandler":
        endHandler = (Handler<Void>) first;
        soon();
        return proxy;
      case "pause":
        isPaused = true;
        return proxy;
      case "resume", "fetch":
        isPaused = false;
        if (isLookedAt) {
          soon();
        }
        return proxy;
      case "body":
        soon();
        return told(body.future(), first, proxy);
      case "end":
        soon();
        return told(end.future(), first, null);
      case "bodyHandler":
        body.future().onSuccess((Handler<Buffer>) first);
        soon();
        return proxy;
      case "hashCode":
        return System.identityHashCode(proxy);
      case "equals":
        return proxy == first;
      case "toString":
        return "answer of the mesh: " + answer.status();
      default:
        return Calls.other(proxy, method, args);
    }
  }

  @SuppressWarnings("unchecked") // As the interface says.
  private static <T> @Nullable Object told(
      Future<T> future, @Nullable Object handler, @Nullable Object instead) {
    if (handler instanceof Handler) {
      future.onComplete((Handler<AsyncResult<T>>) handler);
      return instead;
    }
    return future;
  }

  private void soon() {
    isLookedAt = true;
    context.runOnContext(none -> give());
  }

  private void give() {
    if (isPaused || isGiven) {
      return;
    }
    isGiven = true;
    Buffer bytes = Buffer.buffer(answer.body());
    if (handler != null && bytes.length() > 0) {
      handler.handle(bytes);
    }
    if (endHandler != null) {
      endHandler.handle(null);
    }
    body.tryComplete(bytes);
    end.tryComplete();
  }
}
