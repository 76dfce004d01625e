package io.endomesh.instrumentation.okhttp;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;
import java.util.Map;

/**
 * What has to be known to weave OkHttp: the call hook where the library would take a connection for
 * one hop of a call, below redirects, cookies and its cache, above the application's network
 * interceptors. There is no connection hook: an attempt is a call of its own, by a client whose
 * sockets lead to the endpoint. Immutable.
 */
public final class OkHttpInstrumentation extends Instrumentation {

  private static final String INTERNAL = "okhttp3.internal.";
  private static final String CONNECT = INTERNAL + "connection.ConnectInterceptor";
  private static final String RETRIES = INTERNAL + "http.RetryAndFollowUpInterceptor";
  private static final String PACKAGE = "io.endomesh.instrumentation.okhttp.";

  @Override
  public String name() {
    return "okhttp";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(CONNECT)
            .method("intercept")
            .taking("okhttp3.Interceptor$Chain")
            .advice(PACKAGE + "ConnectAdvice"),
        Weave.types(RETRIES).method("recover").advice(PACKAGE + "RecoverAdvice"),
        Weave.types(RETRIES).method("followUpRequest").advice(PACKAGE + "FollowUpAdvice"),
        // The first to 4.3, the second behind.
        Weave.types("okhttp3.RealCall", INTERNAL + "connection.RealCall")
            .method("cancel")
            .taking()
            .advice(PACKAGE + "CancelAdvice"),
        // 3.14 to 4.3, where timeouts of calls go past the call itself.
        Weave.types(INTERNAL + "connection.Transmitter")
            .method("cancel")
            .taking()
            .ifPresent()
            .advice(PACKAGE + "TransmitterCancelAdvice"));
  }

  /** The client and the listener of a call are its private fields. */
  @Override
  public Map<String, List<String>> opens() {
    return Map.of("okhttp3", List.of("okhttp3.internal.connection"));
  }
}
