package io.endomesh.instrumentation.jettyclient;

import io.endomesh.instrumentation.jettyclient.before10.Library;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Promise;

/**
 * A connection to an endpoint while it does the mesh's TLS. The library gets it when that is done:
 * what fails before has sent no request. Used by one thread at a time.
 */
final class Handshake extends AbstractConnection implements SslHandshakeListener {

  private final ClientConnectionFactory next;
  private final Map<String, Object> context;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean finished;

  private Handshake(
      EndPoint inner,
      Executor executor,
      ClientConnectionFactory next,
      Map<String, Object> context) {
    super(inner, executor);
    this.next = next;
    this.context = context;
  }

  /**
   * @param next makes the connection that speaks HTTP
   */
  static Connection begin(
      HttpClient client,
      EndPoint network,
      Map<String, Object> context,
      ClientConnectionFactory next,
      SSLContext tls,
      InetSocketAddress address) {
    // Whose certificate is right its context says by itself: an identity, or a host's name.
    SSLEngine engine =
        tls.createSSLEngine(address.getAddress().getHostAddress(), address.getPort());
    engine.setUseClientMode(true);
    SslConnection ssl =
        new SslConnection(client.getByteBufferPool(), client.getExecutor(), network, engine);
    EndPoint inner = Library.inner(ssl);
    Handshake handshake = new Handshake(inner, client.getExecutor(), next, context);
    ssl.addHandshakeListener(handshake);
    inner.setConnection(handshake);
    return ssl;
  }

  @Override
  public void handshakeSucceeded(Event event) {
    finished = true;
  }

  @Override
  public void onOpen() {
    super.onOpen();
    try {
      getEndPoint().flush(BufferUtil.EMPTY_BUFFER);
    } catch (IOException | RuntimeException e) {
      fail(e);
      return;
    }
    onFillable();
  }

  @Override
  public void onFillable() {
    try {
      while (!finished) {
        int filled = getEndPoint().fill(BufferUtil.EMPTY_BUFFER);
        if (filled < 0 && !finished) {
          throw new SSLHandshakeException("closed during the TLS handshake");
        }
        if (filled == 0 && !finished) {
          fillInterested();
          return;
        }
      }
      Connection speaking = next.newConnection(getEndPoint(), context);
      if (ended.compareAndSet(false, true)) {
        getEndPoint().upgrade(speaking);
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  @Override
  public void onFillInterestedFailed(Throwable cause) {
    fail(cause);
  }

  private void fail(Throwable cause) {
    if (ended.compareAndSet(false, true)) {
      close();
      Promise<?> waiting = Library.connection(context);
      if (waiting != null) {
        waiting.failed(cause);
      }
    }
  }
}
