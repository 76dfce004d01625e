package io.endomesh.contracts.httpclient5.library;

import io.endomesh.contracts.httpclient5.Http2Server;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.impl.bootstrap.HttpAsyncServer;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncRequestConsumer;
import org.apache.hc.core5.http.nio.AsyncServerRequestHandler;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityConsumer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestConsumer;
import org.apache.hc.core5.http.nio.support.BasicResponseProducer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2ServerBootstrap;
import org.apache.hc.core5.http2.ssl.H2ServerTlsStrategy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ListenerEndpoint;
import org.jspecify.annotations.Nullable;

/** Answers with the body it gets. */
final class CoreServer
    implements Http2Server, AsyncServerRequestHandler<Message<HttpRequest, byte[]>> {

  private final HttpAsyncServer server;
  private final int port;
  private final List<String> received = new CopyOnWriteArrayList<>();

  /**
   * @param hosts that it is asked by
   */
  CoreServer(SSLContext tls, String... hosts)
      throws ReflectiveOperationException, ExecutionException, InterruptedException {
    H2ServerBootstrap bootstrap =
        H2ServerBootstrap.bootstrap()
            .setVersionPolicy(HttpVersionPolicy.NEGOTIATE)
            .setTlsStrategy(
                new H2ServerTlsStrategy(
                    tls, port -> true, (peer, engine) -> engine.setNeedClientAuth(true), null));
    for (String host : hosts) {
      bootstrap.registerVirtual(host, "*", this);
    }
    server = bootstrap.create();
    server.start();
    port = ((InetSocketAddress) listen(server).get().getAddress()).getPort();
  }

  /** Newer versions want to be told that it is for TLS. */
  private static Future<ListenerEndpoint> listen(HttpAsyncServer server)
      throws ReflectiveOperationException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    for (Method method : HttpAsyncServer.class.getMethods()) {
      if (Arrays.equals(
          method.getParameterTypes(), new Class<?>[] {SocketAddress.class, URIScheme.class})) {
        @SuppressWarnings("unchecked") // What the method declares.
        Future<ListenerEndpoint> listening =
            (Future<ListenerEndpoint>) method.invoke(server, any, URIScheme.HTTPS);
        return listening;
      }
    }
    return server.listen(any);
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public List<String> received() {
    return received;
  }

  @Override
  public AsyncRequestConsumer<Message<HttpRequest, byte[]>> prepare(
      HttpRequest request, @Nullable EntityDetails body, HttpContext context) {
    received.add(
        String.join(
            " ",
            context.getProtocolVersion().toString(),
            request.getMethod(),
            String.valueOf(request.getAuthority()),
            request.getPath()));
    return new BasicRequestConsumer<>(new BasicAsyncEntityConsumer());
  }

  @Override
  public void handle(
      Message<HttpRequest, byte[]> request, ResponseTrigger response, HttpContext context)
      throws HttpException, IOException {
    byte[] body = request.getBody();
    response.submitResponse(
        new BasicResponseProducer(
            new BasicHttpResponse(200),
            new BasicAsyncEntityProducer(body == null ? new byte[0] : body, null)),
        context);
  }

  @Override
  public void close() {
    server.close(CloseMode.IMMEDIATE);
  }
}
