package io.endomesh.instrumentation.jettyclient;

import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.instrumentation.jettyclient.before10.Library;
import java.io.EOFException;
import java.net.InetSocketAddress;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpRequest;
import org.eclipse.jetty.client.http.HttpConnectionOverHTTP;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the request of an attempt is known by, and what its connections are pooled by: the address
 * of an endpoint, by which TLS, beside what the application tells them apart by. The library keeps
 * the first of those that are equal, and asks it for TLS. Thread-safe.
 */
public final class EndpointTag implements ClientConnectionFactory.Decorator {

  /** Of the connections that encrypt what is written. */
  private static final String TLS_PACKAGE = "org.eclipse.jetty.io.ssl.";

  private final HttpClient client;
  private final @Nullable Object asked;
  private final InetSocketAddress address;
  private final @Nullable ClientTls tls;

  /** Null once it is over: the library keeps a tag for longer. */
  private volatile @Nullable AttemptRun run;

  EndpointTag(
      HttpClient client,
      @Nullable Object asked,
      InetSocketAddress address,
      @Nullable ClientTls tls,
      AttemptRun run) {
    this.client = client;
    this.asked = asked;
    this.address = address;
    this.tls = tls;
    this.run = run;
  }

  public InetSocketAddress address() {
    return address;
  }

  void over() {
    run = null;
  }

  /** Fails closed: nothing goes out over another TLS than it is to go, or none. */
  void leaves(HttpRequest request, HttpConnectionOverHTTP connection) {
    if (tls != null && !connection.getEndPoint().getClass().getName().startsWith(TLS_PACKAGE)) {
      Library.abort(
          request, new SSLException("TLS to " + tls.expectedIdentity() + " was not begun"));
      return;
    }
    AttemptRun sending = run;
    if (sending == null) {
      return;
    }
    boolean pooled = connection.getMessagesOut() > 0;
    if (pooled && connection.getEndPoint().isInputShutdown()) {
      // The library may miss that, and wait for an answer until it is idle for too long. Out of the
      // pool first: it is not to come back.
      sending.misses();
      connection.close();
      Library.abort(request, new EOFException("closed by the server while it was idle"));
    } else {
      sending.leaves(pooled);
    }
  }

  /** Connections to the endpoint do the mesh's TLS before the library has them. */
  @Override
  public ClientConnectionFactory apply(ClientConnectionFactory plain) {
    ClientTls begun = tls;
    return begun == null
        ? plain
        : (endPoint, context) ->
            Handshake.begin(client, endPoint, context, plain, begun.context(), address);
  }

  private long tlsNumber() {
    return tls == null ? 0 : tls.number();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EndpointTag that
        && address.equals(that.address)
        && tlsNumber() == that.tlsNumber()
        && Objects.equals(asked, that.asked);
  }

  @Override
  public int hashCode() {
    return Objects.hash(address, tlsNumber(), asked);
  }

  @Override
  public String toString() {
    return "endpoint " + address;
  }
}
