package io.endomesh.instrumentation.httpclient;

import java.io.IOException;
import java.net.CookieHandler;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * The application's cookies, asked for the URI it wrote: that the wire is TLS must not send cookies
 * marked {@code Secure} with an {@code http} request. As thread-safe as what it wraps.
 */
final class CookiesAsWritten extends CookieHandler {

  private final CookieHandler cookies;

  CookiesAsWritten(CookieHandler cookies) {
    this.cookies = cookies;
  }

  @Override
  public Map<String, List<String>> get(URI uri, Map<String, List<String>> requestHeaders)
      throws IOException {
    return cookies.get(AttemptTargets.asWritten(uri), requestHeaders);
  }

  @Override
  public void put(URI uri, Map<String, List<String>> responseHeaders) throws IOException {
    cookies.put(AttemptTargets.asWritten(uri), responseHeaders);
  }
}
