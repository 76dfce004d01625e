package io.endomesh.instrumentation.jettyclient.since12;

import io.endomesh.instrumentation.jettyclient.AttemptEvents;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.ResponseListeners;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
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
  public void onContentSource(Response response, Content.Source source) {
    Audience to = audience;
    if (to != null && attempt.delivers()) {
      to.content(source);
    } else {
      // With nobody to read it, the library drops it.
      new ResponseListeners().notifyContentSource(response, source);
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
