package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.http.HttpAttempt;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.concurrent.Cancellable;

/** What the library asks between its steps and tells how to stop the next. Thread-safe. */
record AttemptSteps(HttpAttempt http, AttemptContext context) implements HttpExecutionAware {

  /** The library asks before it takes, opens and uses a connection. */
  @Override
  public boolean isAborted() {
    if (http.isBrokenOff()) {
      return true;
    }
    if (context.isConnected()) {
      http.leaves();
    }
    return false;
  }

  @Override
  public void setCancellable(Cancellable step) {
    http.onBreakOff(step::cancel);
  }
}
