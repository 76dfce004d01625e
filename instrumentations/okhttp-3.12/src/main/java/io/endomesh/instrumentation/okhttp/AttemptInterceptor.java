package io.endomesh.instrumentation.okhttp;

import io.endomesh.dataplane.http.HttpAttempt;
import java.io.IOException;
import javax.net.ssl.SSLSession;
import okhttp3.Connection;
import okhttp3.Handshake;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * The innermost network interceptor of an attempt: it has a connection, sends what the policy says,
 * and judges the answer before the application's interceptors see it. Immutable.
 *
 * @param secured true if the application asked for TLS and got the mesh's: it is shown that
 */
record AttemptInterceptor(HttpAttempt attempt, Wire wire, boolean secured) implements Interceptor {

  @Override
  public Response intercept(Chain chain) throws IOException {
    attempt.leaves();
    Response response = chain.proceed(wire.on(chain.request()));
    if (!attempt.answered(response.code(), name -> response.headers(name))) {
      return response;
    }
    Response.Builder changed = response.newBuilder();
    if (attempt.attempt().changesResponse()) {
      Messages.Changeable headers = new Messages.Changeable(response.headers().newBuilder());
      attempt.attempt().changeResponse(headers);
      changed.headers(headers.headers().build());
    }
    Connection connection = chain.connection();
    if (secured && connection != null && connection.socket() instanceof EndpointSocket socket) {
      SSLSession session = socket.session();
      if (session != null) {
        changed.handshake(Handshake.get(session));
      }
    }
    return changed.build();
  }
}
