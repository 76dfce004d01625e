package io.endomesh.contracts.armeria.library;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.ResponseHeaders;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Reads an answer part by part, each when the one before is written. */
final class Draining implements Subscriber<HttpObject> {

  private final OutputStream sink;
  private final CompletableFuture<Integer> status;
  private @Nullable Subscription subscription;
  private int code;

  Draining(OutputStream sink, CompletableFuture<Integer> status) {
    this.sink = sink;
    this.status = status;
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(HttpObject part) {
    if (part instanceof ResponseHeaders head && !head.status().isInformational()) {
      code = head.status().code();
    } else if (part instanceof HttpData data) {
      try {
        sink.write(data.array());
      } catch (IOException e) {
        status.completeExceptionally(e);
      }
    }
    if (subscription != null) {
      subscription.request(1);
    }
  }

  @Override
  public void onError(Throwable failure) {
    status.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    status.complete(code);
  }
}
