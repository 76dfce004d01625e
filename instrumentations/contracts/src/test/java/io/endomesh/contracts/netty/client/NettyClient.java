package io.endomesh.contracts.netty.client;

import io.endomesh.contracts.netty.NettyClientUnderTest;
import io.endomesh.testkit.Callers;
import io.endomesh.testkit.HttpClientFixture.Answer;
import io.endomesh.testkit.HttpClientUnderTest;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.stream.ChunkedStream;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.Version;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A small client such as applications write: a codec in a pipeline, channels that are used again,
 * redirects and cookies made by hand. Thread-safe.
 */
@SuppressWarnings("deprecation") // What came in the place of its event loops is not in 4.1.
public final class NettyClient implements NettyClientUnderTest {

  private static final EventLoopGroup LOOPS = new NioEventLoopGroup(2, daemons());

  /** More than the contract sends. */
  private static final int MOST_BYTES = 5_000_000;

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final Map<String, Queue<Channel>> idle = new ConcurrentHashMap<>();
  private final Map<String, String> cookies = new ConcurrentHashMap<>();
  private final SslContext tls;
  private final boolean halves;
  private final AddressResolverGroup<?> names;
  private final Consumer<ChannelPipeline> first;

  public NettyClient() {
    this(/* halves= */ false, DefaultAddressResolverGroup.INSTANCE, pipeline -> {});
  }

  private NettyClient(
      boolean halves, AddressResolverGroup<?> names, Consumer<ChannelPipeline> first) {
    this.halves = halves;
    this.names = names;
    this.first = first;
    try {
      this.tls = SslContextBuilder.forClient().build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ThreadFactory daemons() {
    return task -> {
      Thread thread = new Thread(task, "netty-client");
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public String version() {
    return Version.identify(NettyClient.class.getClassLoader())
        .get("netty-transport")
        .artifactVersion();
  }

  private final class Pipeline extends ChannelInitializer<SocketChannel> {

    private final URI uri;

    Pipeline(URI uri) {
      this.uri = uri;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      ChannelPipeline pipeline = channel.pipeline();
      first.accept(pipeline);
      if (uri.getScheme().equals("https")) {
        pipeline.addLast(tls.newHandler(channel.alloc(), uri.getHost(), port(uri)));
      }
      if (halves) {
        pipeline.addLast(
            new HttpRequestEncoder(),
            new HttpResponseDecoder(),
            new HttpContentDecompressor(),
            new HttpObjectAggregator(MOST_BYTES));
      } else {
        pipeline.addLast(new HttpClientCodec(), new ChunkedWriteHandler());
      }
    }
  }

  private static int port(URI uri) {
    int standard = uri.getScheme().equals("https") ? 443 : 80;
    return uri.getPort() < 0 ? standard : uri.getPort();
  }

  /** What is written to a channel, the same for each hop. */
  private record Sent(HttpMethod method, Map<String, String> headers, @Nullable Object body) {

    void write(Channel channel, URI uri) {
      String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
      String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
      if (body instanceof InputStream streamed) {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, target);
        describe(head, uri);
        HttpUtil.setTransferEncodingChunked(head, true);
        channel.write(head);
        channel.writeAndFlush(new HttpChunkedInput(new ChunkedStream(streamed, 32_768)));
      } else {
        byte[] bytes = body == null ? new byte[0] : (byte[]) body;
        HttpRequest whole =
            new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, method, target, Unpooled.wrappedBuffer(bytes));
        describe(whole, uri);
        if (body != null) {
          whole.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, bytes.length);
        }
        channel.writeAndFlush(whole);
      }
    }

    private void describe(HttpRequest head, URI uri) {
      head.headers().set(HttpHeaderNames.HOST, uri.getRawAuthority());
      headers.forEach(head.headers()::set);
    }
  }

  private CompletableFuture<Hop.Result> hop(
      URI uri, Sent sent, @Nullable Consumer<byte[]> parts, AtomicReference<Runnable> giveUp) {
    Queue<Channel> known =
        idle.computeIfAbsent(
            uri.getScheme() + "://" + uri.getAuthority(), key -> new ConcurrentLinkedDeque<>());
    Hop hop = new Hop(known::add, parts);
    Channel free = known.poll();
    while (free != null && !free.isActive()) {
      free = known.poll();
    }
    Channel channel;
    if (free != null) {
      channel = free;
      channel.pipeline().addLast(hop);
      sent.write(channel, uri);
      channel.read();
    } else {
      channel =
          bootstrap(uri)
              .connect(InetSocketAddress.createUnresolved(uri.getHost(), port(uri)))
              .addListener(
                  (ChannelFutureListener)
                      connected -> {
                        if (!connected.isSuccess()) {
                          hop.result.completeExceptionally(connected.cause());
                          return;
                        }
                        connected.channel().pipeline().addLast(hop);
                        sent.write(connected.channel(), uri);
                        connected.channel().read();
                      })
              .channel();
    }
    giveUp.set(channel::close);
    return hop.result;
  }

  private Bootstrap bootstrap(URI uri) {
    return new Bootstrap()
        .resolver(names)
        .group(LOOPS)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.AUTO_READ, false)
        .handler(new Pipeline(uri));
  }

  private CompletableFuture<Answer> follow(
      URI uri, Sent sent, int left, AtomicReference<Runnable> giveUp) {
    return hop(uri, sent, /* parts= */ null, giveUp)
        .thenCompose(
            result -> {
              String location = result.headers().get("location");
              if (left > 0 && location != null && REDIRECTS.contains(result.status())) {
                return follow(uri.resolve(location), sent, left - 1, giveUp);
              }
              return CompletableFuture.completedFuture(answer(uri, result));
            });
  }

  private static Sent get() {
    return new Sent(HttpMethod.GET, Map.of(), null);
  }

  @Override
  public Answer call(String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException {
    return Callers.join(
        follow(
            URI.create(url),
            new Sent(HttpMethod.valueOf(method), headers, body),
            5,
            new AtomicReference<>()));
  }

  @Override
  public Answer stream(String url, InputStream body) throws IOException, InterruptedException {
    return Callers.join(
        follow(
            URI.create(url),
            new Sent(HttpMethod.POST, Map.of(), body),
            0,
            new AtomicReference<>()));
  }

  @Override
  public int download(String url, OutputStream sink) throws IOException, InterruptedException {
    return Callers.join(
            hop(URI.create(url), get(), HttpClientUnderTest.into(sink), new AtomicReference<>()))
        .status();
  }

  @Override
  public CompletableFuture<Answer> start(String url) {
    AtomicReference<Runnable> giveUp = new AtomicReference<>(() -> {});
    return givenUp(follow(URI.create(url), get(), 5, giveUp).thenApply(answer -> answer), giveUp);
  }

  @Override
  public Answer getUnfollowed(String url) throws IOException, InterruptedException {
    return Callers.join(follow(URI.create(url), get(), 0, new AtomicReference<>()));
  }

  @Override
  public Answer getWithCookies(String url) throws IOException, InterruptedException {
    String known =
        cookies.entrySet().stream()
            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
            .collect(Collectors.joining("; "));
    Map<String, String> headers = known.isEmpty() ? Map.of() : Map.of("cookie", known);
    URI uri = URI.create(url);
    Hop.Result result =
        Callers.join(
            hop(
                uri,
                new Sent(HttpMethod.GET, headers, null),
                /* parts= */ null,
                new AtomicReference<>()));
    for (String cookie : result.cookies()) {
      String[] pair = cookie.split(";", 2)[0].split("=", 2);
      cookies.put(pair[0], pair[1]);
    }
    return answer(uri, result);
  }

  @Override
  public HttpClientUnderTest behindProxy(int port) {
    return new NettyClient(
        /* halves= */ false,
        // The proxy asks DNS.
        NoopAddressResolverGroup.INSTANCE,
        pipeline ->
            pipeline.addFirst(new HttpProxyHandler(new InetSocketAddress("localhost", port))));
  }

  @Override
  public HttpClientUnderTest inHalves() {
    return new NettyClient(
        /* halves= */ true, DefaultAddressResolverGroup.INSTANCE, pipeline -> {});
  }

  @Override
  public HttpClientUnderTest waitingAtMost(int millis) {
    return new NettyClient(
        /* halves= */ false,
        DefaultAddressResolverGroup.INSTANCE,
        pipeline -> pipeline.addFirst(new ReadTimeoutHandler(millis, TimeUnit.MILLISECONDS)));
  }

  @Override
  public List<Answer> pipelined(String first, String second)
      throws IOException, InterruptedException {
    Channel channel = connected(URI.create(first));
    Hop one = new Hop(reused -> {}, /* parts= */ null);
    Hop two = new Hop(reused -> {}, /* parts= */ null);
    channel.pipeline().addLast(one);
    get().write(channel, URI.create(first));
    get().write(channel, URI.create(second));
    channel.read();
    Answer answer = answer(URI.create(first), Callers.join(one.result));
    channel.pipeline().addLast(two);
    channel.read();
    return List.of(answer, answer(URI.create(second), Callers.join(two.result)));
  }

  private Channel connected(URI uri) throws InterruptedException {
    return bootstrap(uri).connect(uri.getHost(), port(uri)).sync().channel();
  }

  private static Answer answer(URI uri, Hop.Result result) {
    return new Answer(result.status(), uri, result.headers(), result.body(), result.trailers());
  }

  @Override
  public Answer postWithTrailer(String url, byte[] body, String name, String value)
      throws IOException, InterruptedException {
    URI uri = URI.create(url);
    Channel channel = connected(uri);
    Hop hop = new Hop(reused -> {}, /* parts= */ null);
    channel.pipeline().addLast(hop);
    HttpRequest head =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, uri.getRawPath());
    head.headers()
        .set(HttpHeaderNames.HOST, uri.getRawAuthority())
        .set(HttpHeaderNames.TRANSFER_ENCODING, "chunked");
    DefaultLastHttpContent last = new DefaultLastHttpContent(Unpooled.wrappedBuffer(body));
    last.trailingHeaders().set(name, value);
    channel.write(head);
    channel.writeAndFlush(last);
    channel.read();
    return answer(uri, Callers.join(hop.result));
  }

  @Override
  public Answer expecting(String url, byte[] body) throws IOException, InterruptedException {
    URI uri = URI.create(url);
    Channel channel = connected(uri);
    Hop hop =
        new Hop(reused -> {}, /* parts= */ null) {
          @Override
          void interim() {
            channel.writeAndFlush(new DefaultLastHttpContent(Unpooled.wrappedBuffer(body)));
          }
        };
    channel.pipeline().addLast(hop);
    HttpRequest head =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, uri.getRawPath());
    head.headers()
        .set(HttpHeaderNames.HOST, uri.getRawAuthority())
        .set(HttpHeaderNames.EXPECT, "100-continue")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    channel.writeAndFlush(head);
    channel.read();
    return answer(uri, Callers.join(hop.result));
  }

  @Override
  public CompletableFuture<Answer> inTurn(String first, String then) {
    return start(first).thenCompose(answer -> start(then));
  }

  @Override
  public CompletableFuture<Integer> read(String url, Consumer<String> parts) {
    AtomicReference<Runnable> giveUp = new AtomicReference<>(() -> {});
    CompletableFuture<Integer> status =
        hop(
                URI.create(url),
                get(),
                part -> parts.accept(new String(part, StandardCharsets.US_ASCII)),
                giveUp)
            .thenApply(Hop.Result::status);
    return givenUp(status, giveUp);
  }

  private static <T> CompletableFuture<T> givenUp(
      CompletableFuture<T> running, AtomicReference<Runnable> giveUp) {
    running.whenComplete(
        (value, error) -> {
          if (running.isCancelled()) {
            giveUp.get().run();
          }
        });
    return running;
  }

  @Override
  public List<String> webSocket(String url, String text) throws IOException, InterruptedException {
    URI uri = URI.create(url);
    Talk talk = new Talk(uri, text);
    Channel channel =
        new Bootstrap()
            .group(LOOPS)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel made) {
                    made.pipeline()
                        .addLast(new HttpClientCodec(), new HttpObjectAggregator(8_192), talk);
                  }
                })
            .connect(uri.getHost(), port(uri))
            .sync()
            .channel();
    try {
      return Callers.join(talk.frames);
    } finally {
      channel.close();
    }
  }

  @Override
  public String greeting(String host, int port) throws IOException, InterruptedException {
    CompletableFuture<String> came = new CompletableFuture<>();
    Channel channel =
        new Bootstrap()
            .group(LOOPS)
            .channel(NioSocketChannel.class)
            .handler(
                new SimpleChannelInboundHandler<ByteBuf>() {
                  @Override
                  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
                    came.complete(bytes.toString(StandardCharsets.US_ASCII));
                  }
                })
            .connect(host, port)
            .sync()
            .channel();
    try {
      return Callers.join(came);
    } finally {
      channel.close();
    }
  }

  @Override
  public Kept keep(String url) throws IOException, InterruptedException {
    URI uri = URI.create(url);
    Channel channel = connected(uri);
    Hop hop = new Hop(reused -> {}, /* parts= */ null);
    channel.pipeline().addLast(hop);
    get().write(channel, uri);
    channel.read();
    Callers.join(hop.result);
    return new Kept() {
      @Override
      public boolean isActive() {
        return channel.isActive();
      }

      @Override
      public String remoteHost() {
        return ((InetSocketAddress) channel.remoteAddress()).getHostString();
      }

      @Override
      public void close() throws InterruptedException {
        channel.close().sync();
      }
    };
  }

  @Override
  public void close() {
    idle.values().forEach(channels -> channels.forEach(Channel::close));
  }
}
