package io.endomesh.contracts.netty.server;

import io.endomesh.testkit.StagedHttpServerContract.Staged;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.Version;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A server of a codec, an aggregator, and the contract's handlers. Thread-safe. */
@SuppressWarnings("deprecation") // What came in the place of its event loops is not in 4.1.
public final class NettyServer implements Staged {

  /** More than the contract sends. */
  private static final int MOST_BYTES = 4_000_000;

  private final NioEventLoopGroup loops = new NioEventLoopGroup(2);
  private final Channel server;

  public NettyServer() throws InterruptedException {
    server =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new Echo(),
                            new HttpObjectAggregator(MOST_BYTES),
                            new WebSocketServerProtocolHandler("/websocket"),
                            new EchoFrames(),
                            new Handlers());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
  }

  @Override
  public String version() {
    return Version.identify(NettyServer.class.getClassLoader())
        .get("netty-transport")
        .artifactVersion();
  }

  @Override
  public int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  @Override
  public void close() throws InterruptedException {
    if (loops.isShuttingDown()) {
      return;
    }
    server.close().sync();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }
}
