package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.Call;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.http.ConnectionReuseStrategy;
import org.apache.http.HttpHost;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.concurrent.BasicFuture;
import org.apache.http.concurrent.FutureCallback;
import org.apache.http.conn.ConnectionKeepAliveStrategy;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.nio.NHttpClientConnection;
import org.apache.http.nio.conn.NHttpClientConnectionManager;
import org.apache.http.nio.protocol.BasicAsyncRequestProducer;
import org.apache.http.nio.protocol.HttpAsyncRequestProducer;
import org.apache.http.nio.reactor.IOEventDispatch;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange of the asynchronous client asks for its connections, one for each hop. For a
 * call to the mesh it gets a {@link MeshConnection}, and the library's own connections are those of
 * attempts. Thread-safe.
 */
final class MeshConnections implements NHttpClientConnectionManager {

  private static final String LIBRARY = "org.apache.http.";

  private final NHttpClientConnectionManager library;
  private final HttpAsyncRequestProducer producer;
  private final HttpClientContext context;
  private final ConnectionReuseStrategy reuse;
  private final ConnectionKeepAliveStrategy keepAlive;

  private MeshConnections(
      NHttpClientConnectionManager library,
      HttpAsyncRequestProducer producer,
      HttpClientContext context,
      ConnectionReuseStrategy reuse,
      ConnectionKeepAliveStrategy keepAlive) {
    this.library = library;
    this.producer = producer;
    this.context = context;
    this.reuse = reuse;
    this.keepAlive = keepAlive;
  }

  /** The arguments that an exchange is to be made by; null for those given. */
  static @Nullable Object @Nullable [] into(@Nullable Object[] arguments) {
    NHttpClientConnectionManager library = first(NHttpClientConnectionManager.class, arguments);
    HttpAsyncRequestProducer producer = first(HttpAsyncRequestProducer.class, arguments);
    HttpClientContext context = first(HttpClientContext.class, arguments);
    ConnectionReuseStrategy reuse = first(ConnectionReuseStrategy.class, arguments);
    ConnectionKeepAliveStrategy keepAlive = first(ConnectionKeepAliveStrategy.class, arguments);
    if (library == null
        || producer == null
        || context == null
        || reuse == null
        || keepAlive == null) {
      return null;
    }
    @Nullable Object[] changed = arguments.clone();
    for (int i = 0; i < changed.length; i++) {
      if (changed[i] == library) {
        changed[i] = new MeshConnections(library, producer, context, reuse, keepAlive);
      }
    }
    return changed;
  }

  private static <T> @Nullable T first(Class<T> type, @Nullable Object[] arguments) {
    for (Object argument : arguments) {
      if (type.isInstance(argument)) {
        return type.cast(argument);
      }
    }
    return null;
  }

  @Override
  public Future<NHttpClientConnection> requestConnection(
      HttpRoute route,
      @Nullable Object state,
      long connectTimeout,
      long leaseTimeout,
      TimeUnit unit,
      FutureCallback<NHttpClientConnection> callback) {
    MeshConnection connection = null;
    try {
      connection =
          toMesh(
              new Hop(
                  library, route, context, reuse, keepAlive, connectTimeout, leaseTimeout, unit));
    } catch (RuntimeException | LinkageError e) {
      Suppressed.report(e);
    }
    if (connection == null) {
      return library.requestConnection(route, state, connectTimeout, leaseTimeout, unit, callback);
    }
    BasicFuture<NHttpClientConnection> leased = new BasicFuture<>(callback);
    leased.completed(connection);
    return leased;
  }

  /** Null if the library is to go on by itself. */
  private @Nullable MeshConnection toMesh(Hop hop) {
    if (Weaving.onAgentThread() || !(context.getRequest() instanceof HttpRequestWrapper request)) {
      return null;
    }
    // Of a body that the application itself produces nothing is known.
    boolean replayable =
        producer instanceof BasicAsyncRequestProducer
            && producer.getClass().getName().startsWith(LIBRARY);
    RequestView view = RequestView.of(hop.route(), request, target(hop.route()), replayable);
    Call call = view == null ? null : Weaving.mesh().call(view);
    return view == null || call == null ? null : new MeshConnection(hop, request, view, call);
  }

  /** As the application wrote it: the library puts a port there. */
  private HttpHost target(HttpRoute route) {
    HttpHost target = context.getTargetHost();
    HttpHost written = producer.getTarget();
    HttpHost planned = route.getTargetHost();
    return written != null
            && written.getPort() < 0
            && (target == null || target.equals(planned))
            && written.getHostName().equalsIgnoreCase(planned.getHostName())
        ? written
        : target == null ? planned : target;
  }

  @Override
  public void releaseConnection(
      NHttpClientConnection connection, @Nullable Object state, long duration, TimeUnit unit) {
    if (!(connection instanceof MeshConnection)) {
      library.releaseConnection(connection, state, duration, unit);
    }
  }

  @Override
  public void startRoute(NHttpClientConnection connection, HttpRoute route, HttpContext given)
      throws IOException {
    library.startRoute(connection, route, given);
  }

  @Override
  public void upgrade(NHttpClientConnection connection, HttpRoute route, HttpContext given)
      throws IOException {
    library.upgrade(connection, route, given);
  }

  @Override
  public void routeComplete(NHttpClientConnection connection, HttpRoute route, HttpContext given) {
    library.routeComplete(connection, route, given);
  }

  /** One to the mesh needs nothing more: neither TLS nor a tunnel is begun above it. */
  @Override
  public boolean isRouteComplete(NHttpClientConnection connection) {
    return connection instanceof MeshConnection || library.isRouteComplete(connection);
  }

  @Override
  public void closeIdleConnections(long time, TimeUnit unit) {
    library.closeIdleConnections(time, unit);
  }

  @Override
  public void closeExpiredConnections() {
    library.closeExpiredConnections();
  }

  @Override
  public void execute(IOEventDispatch dispatch) throws IOException {
    library.execute(dispatch);
  }

  @Override
  public void shutdown() throws IOException {
    library.shutdown();
  }
}
