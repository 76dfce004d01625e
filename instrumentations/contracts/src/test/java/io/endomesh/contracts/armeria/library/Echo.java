package io.endomesh.contracts.armeria.library;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.ResponseHeaders;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Sends the body of a request back part by part, each when the one before is gone. */
final class Echo implements Subscriber<HttpObject> {

  private final HttpResponseWriter answer;
  private @Nullable Subscription subscription;

  private Echo(HttpResponseWriter answer) {
    this.answer = answer;
  }

  static HttpResponse of(ResponseHeaders head, HttpRequest request) {
    HttpResponseWriter answer = HttpResponse.streaming();
    answer.write(head);
    request.subscribe(new Echo(answer));
    return answer;
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(HttpObject part) {
    Subscription more = subscription;
    if (more != null && (!(part instanceof HttpData) || answer.tryWrite(part))) {
      answer.whenConsumed().thenRun(() -> more.request(1));
    }
  }

  @Override
  public void onError(Throwable failure) {
    answer.close(failure);
  }

  @Override
  public void onComplete() {
    answer.close();
  }
}
