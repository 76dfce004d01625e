package io.endomesh.instrumentation.jettyclient.before12;

import io.endomesh.instrumentation.jettyclient.AttemptEvents;
import io.endomesh.instrumentation.jettyclient.before10.Library;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.eclipse.jetty.client.api.Response;
import org.eclipse.jetty.client.api.Result;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Hears of the answer of an attempt. Used by one thread at a time. */
public final class AttemptListener implements Response.Listener {

  private final AttemptEvents attempt;
  private final @Nullable Audience audience;

  /**
   * @param audience who gets the content, null for nobody
   */
  public AttemptListener(AttemptEvents attempt, @Nullable Audience audience) {
    this.attempt = attempt;
    this.audience = audience;
  }

  @Override
  public void onBegin(Response response) {
    attempt.begins();
  }

  @Override
  public boolean onHeader(Response response, HttpField field) {
    return attempt.header(field);
  }

  @Override
  public void onHeaders(Response response) {
    attempt.head(
        response.getVersion(),
        response.getStatus(),
        response.getReason(),
        Library.fields(response));
  }

  @Override
  public void onBeforeContent(Response response, LongConsumer demand) {
    Audience to = audience;
    if (to != null && attempt.delivers()) {
      to.beforeContent(demand);
    } else {
      demand.accept(1);
    }
  }

  @Override
  public void onContent(
      Response response, LongConsumer demand, ByteBuffer content, Callback callback) {
    Audience to = audience;
    if (to != null && attempt.delivers()) {
      to.content(demand, content, callback);
    } else {
      callback.succeeded();
      demand.accept(1);
    }
  }

  @Override
  public void onSuccess(Response response) {
    Audience to = audience;
    if (to != null && attempt.delivers()) {
      to.trailers(response);
    }
  }

  @Override
  public void onComplete(Result result) {
    attempt.ended(result.getFailure());
  }
}
