package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.http.ChangedHeaders;
import io.endomesh.dataplane.http.HttpAttempt;
import org.apache.hc.core5.http.HttpResponse;

/** Heads of answers as they come over the connection of an attempt. Stateless. */
final class Heads {

  /** Of answers that are not the application's: what the library would act on by itself. */
  private static final String[] ACTED_ON = {
    "Set-Cookie", "Set-Cookie2", "WWW-Authenticate", "Proxy-Authenticate"
  };

  private Heads() {}

  /**
   * Tells the attempt of one, and makes of it what the rest of the library is to see.
   *
   * @param delivers true if an earlier one on this connection was the application's
   * @return true if this one is
   */
  static boolean answer(HttpAttempt http, HttpResponse response, boolean delivers) {
    if (!delivers && !http.answered(response.getCode(), name -> Messages.values(response, name))) {
      for (String header : ACTED_ON) {
        response.removeHeaders(header);
      }
      return false;
    }
    if (http.attempt().changesResponse()) {
      ChangedHeaders changed = new ChangedHeaders(name -> Messages.values(response, name));
      http.attempt().changeResponse(changed);
      Messages.change(response, changed.changes());
    }
    return true;
  }
}
