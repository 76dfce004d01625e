package io.endomesh.instrumentation.armeria.client;

import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * The body of a request that can be read once. The library gives up the request of an attempt that
 * never had a connection; the application's is not touched by that, but when the first of it is
 * asked for. Used by the event loop of the call.
 */
final class BodyOnce implements Publisher<HttpObject> {

  private final HttpRequest request;
  private final EventExecutor loop;

  BodyOnce(HttpRequest request, EventExecutor loop) {
    this.request = request;
    this.loop = loop;
  }

  @Override
  public void subscribe(Subscriber<? super HttpObject> reader) {
    reader.onSubscribe(new Reading(reader));
  }

  private final class Reading implements Subscription, Subscriber<HttpObject> {

    private final Subscriber<? super HttpObject> reader;
    private @Nullable Subscription upstream;
    private long asked;
    private boolean isCancelled;

    Reading(Subscriber<? super HttpObject> reader) {
      this.reader = reader;
    }

    @Override
    public void request(long parts) {
      if (upstream != null) {
        upstream.request(parts);
        return;
      }
      boolean first = asked == 0;
      asked += parts;
      if (first && !isCancelled) {
        request.subscribe(this, loop);
      }
    }

    @Override
    public void cancel() {
      isCancelled = true;
      if (upstream != null) {
        upstream.cancel();
      }
    }

    @Override
    public void onSubscribe(Subscription s) {
      upstream = s;
      if (isCancelled) {
        s.cancel();
      } else {
        s.request(asked);
      }
    }

    @Override
    public void onNext(HttpObject part) {
      reader.onNext(part);
    }

    @Override
    public void onError(Throwable cause) {
      reader.onError(cause);
    }

    @Override
    public void onComplete() {
      reader.onComplete();
    }
  }
}
