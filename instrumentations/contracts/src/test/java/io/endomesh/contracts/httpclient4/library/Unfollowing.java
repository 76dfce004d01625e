package io.endomesh.contracts.httpclient4.library;

import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.impl.client.DefaultRedirectStrategy;
import org.apache.http.protocol.HttpContext;

/** Follows no redirect: the builder of the asynchronous client has no switch for that. */
final class Unfollowing extends DefaultRedirectStrategy {

  @Override
  public boolean isRedirected(HttpRequest request, HttpResponse response, HttpContext context) {
    return false;
  }
}
