package io.endomesh.instrumentation.httpclient5;

import org.apache.hc.client5.http.protocol.HttpClientContext;

/** Contexts of the library. Stateless. */
final class Contexts {

  private Contexts() {}

  /** For an attempt that runs beside another, which has the application's. */
  static HttpClientContext beside(HttpClientContext context) {
    HttpClientContext own = HttpClientContext.create();
    own.setCookieStore(context.getCookieStore());
    own.setCookieSpecRegistry(context.getCookieSpecRegistry());
    own.setAuthSchemeRegistry(context.getAuthSchemeRegistry());
    own.setCredentialsProvider(context.getCredentialsProvider());
    own.setRequestConfig(context.getRequestConfig());
    return own;
  }
}
