package io.endomesh.xds.http2;

import io.endomesh.dataplane.AgentThread;
import io.endomesh.xds.runtime.Log;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Opens HTTP/2 connections, all on one daemon thread. Netty's codec, and nothing of grpc-java: its
 * classes would cost a tenth more start-up and 3 MB of the agent. Thread-safe.
 */
public final class Http2Client implements AutoCloseable {

  /** A server that does not answer a SYN for so long is tried again after the back-off. */
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final EventLoopGroup loops;

  public Http2Client(Log log) {
    NettyLog.install(log);
    ThreadFactory daemons = task -> new AgentThread(task, "io");
    loops = new MultiThreadIoEventLoopGroup(1, daemons, NioIoHandler.newFactory());
  }

  /**
   * Connects in the background; the listener hears the rest.
   *
   * @param tls its trust manager decides alone whom we talk to
   */
  public void connect(
      String host,
      int port,
      SSLContext tls,
      Executor callbacks,
      Http2Connection.Listener listener) {
    String authority = host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    connect(InetSocketAddress.createUnresolved(host, port), tls, authority, callbacks, listener);
  }

  /**
   * The same to one address of a server.
   *
   * @param tls null for plaintext, by prior knowledge (RFC 9113, 3.3)
   * @param authority of all requests
   */
  public void connect(
      InetSocketAddress address,
      @Nullable SSLContext tls,
      String authority,
      Executor callbacks,
      Http2Connection.Listener listener) {
    open(
        NioSocketChannel.class,
        address,
        tls == null ? null : engine(tls, address),
        new ConnectionHandler(
            tls == null ? "http" : "https", authority, /* pings= */ true, callbacks, listener));
  }

  /**
   * To a server on this machine, in plaintext: who may connect is up to the kernel. It is not sent
   * pings: its end is noticed without them, and gRPC's servers take many for an attack.
   *
   * @param address of a Unix domain socket, or of IP
   */
  public void connectLocal(
      SocketAddress address, Executor callbacks, Http2Connection.Listener listener) {
    open(
        address instanceof UnixDomainSocketAddress
            ? NioDomainSocketChannel.class
            : NioSocketChannel.class,
        address,
        null,
        new ConnectionHandler("http", "localhost", /* pings= */ false, callbacks, listener));
  }

  private void open(
      Class<? extends Channel> kind,
      SocketAddress address,
      @Nullable SSLEngine engine,
      ConnectionHandler handler) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loops)
            .channel(kind)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS);
    if (kind == NioSocketChannel.class) {
      bootstrap.option(ChannelOption.TCP_NODELAY, true);
    }
    bootstrap
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                if (engine != null) {
                  channel.pipeline().addLast(new SslHandler(engine));
                }
                channel.pipeline().addLast(handler);
              }
            })
        .connect(address)
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                handler.closed(connected.cause());
              }
            });
  }

  /** A name is asked for (SNI) where only a name is known; a context may ask for another. */
  private static SSLEngine engine(SSLContext tls, InetSocketAddress address) {
    String host =
        address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
    SSLEngine engine = tls.createSSLEngine(host, address.getPort());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    engine.setSSLParameters(parameters);
    return engine;
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
