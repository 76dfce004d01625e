package io.endomesh.instrumentation.httpclient;

import java.io.IOException;
import java.net.CookieHandler;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;

/**
 * The application's cookies, asked for the URI it wrote: that the wire is TLS must not send cookies
 * marked {@code Secure} with an {@code http} request. It is told of responses as the application
 * gets them, and not of those to copies. As thread-safe as what it wraps.
 */
final class CookiesAsWritten extends CookieHandler {

  private final CookieHandler cookies;

  CookiesAsWritten(CookieHandler cookies) {
    this.cookies = cookies;
  }

  @Override
  public Map<String, List<String>> get(URI uri, Map<String, List<String>> requestHeaders)
      throws IOException {
    AttemptTargets.Target target = AttemptTargets.get(uri);
    return cookies.get(target == null ? uri : target.asWritten(), requestHeaders);
  }

  @Override
  public void put(URI uri, Map<String, List<String>> responseHeaders) throws IOException {
    AttemptTargets.Target target = AttemptTargets.get(uri);
    // No target: an attempt that was given up, and answered all the same.
    if (target != null && !target.attempt().isCopy()) {
      HttpHeaders received = HttpHeaders.of(responseHeaders, (name, value) -> true);
      cookies.put(target.asWritten(), HeaderText.ofResponse(target.attempt(), received).map());
    }
  }
}
