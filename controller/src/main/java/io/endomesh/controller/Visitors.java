package io.endomesh.controller;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that nobody keeps the controller busy by doing nothing: connections that send no
 * request, or slowly, and too many of them, are closed. Who has proved an identity of the mesh may
 * come as often as it likes. Thread-safe.
 */
final class Visitors implements DecoratingHttpServiceFunction {

  private static final Logger log = LoggerFactory.getLogger(Visitors.class);

  /**
   * At a time from one address, without an identity. A browser opens six; some hundred workloads of
   * one machine that start at once have one each, until they have their certificates.
   */
  static final int MAX_FROM_AN_ADDRESS = 500;

  /** From everywhere: a fifth of {@link #MAX_CONNECTIONS}, so that agents always find room. */
  static final int MAX_STRANGERS = 2_000;

  /** A connection with TLS takes some 50 kB of memory, so that this is half a gigabyte. */
  static final int MAX_CONNECTIONS = 10_000;

  /** To the end of its first request's headers. Netty gives a TLS handshake alone as much. */
  static final Duration FIRST_REQUEST = Duration.ofSeconds(10);

  /** Without a request. Agents always have one: their streams do not end. */
  static final Duration IDLE = Duration.ofMinutes(5);

  private final LongSupplier nanoTime;
  private final ConcurrentMap<SocketAddress, Visit> visits = new ConcurrentHashMap<>();
  private final ConcurrentMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
  private final AtomicInteger strangers = new AtomicInteger();

  Visitors(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** To be called with the pipeline of each new connection. */
  void meet(ChannelPipeline connection) {
    connection.addFirst(new Visit());
  }

  /** Notes the requests of connections. */
  @Override
  public HttpResponse serve(HttpService next, ServiceRequestContext context, HttpRequest request)
      throws Exception {
    Visit visit = visits.get(context.remoteAddress());
    if (visit != null) {
      visit.requested(context.sslSession());
      context.log().whenComplete().thenRun(visit::answered);
    }
    return next.serve(context, request);
  }

  /** Strangers that are connected now. */
  int strangers() {
    return strangers.get();
  }

  private boolean mayEnter(InetAddress address) {
    int fromThere = byAddress.merge(address, 1, Integer::sum);
    int all = strangers.incrementAndGet();
    return fromThere <= MAX_FROM_AN_ADDRESS && all <= MAX_STRANGERS;
  }

  private void left(InetAddress address) {
    strangers.decrementAndGet();
    byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  /** One connection. */
  private final class Visit extends ChannelInboundHandlerAdapter {

    private final AtomicInteger active = new AtomicInteger();
    private volatile boolean everRequested;
    private volatile long idleSince;
    // Guarded by this.
    private @Nullable InetAddress stranger;

    @Override
    public void channelActive(ChannelHandlerContext context) {
      SocketAddress remote = context.channel().remoteAddress();
      if (remote instanceof InetSocketAddress address) {
        stranger(address.getAddress());
        if (!mayEnter(address.getAddress())) {
          log.debug("{}: too many connections without an identity", address);
          context.close();
          return;
        }
        visits.put(remote, this);
        idleSince = nanoTime.getAsLong();
        lookIn(context, FIRST_REQUEST);
      }
      context.fireChannelActive();
    }

    private synchronized void stranger(InetAddress address) {
      stranger = address;
    }

    private void lookIn(ChannelHandlerContext context, Duration later) {
      context.executor().schedule(() -> look(context), later.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext context) {
      if (!context.channel().isActive()) {
        return;
      }
      boolean idle = active.get() == 0 && nanoTime.getAsLong() - idleSince >= IDLE.toNanos();
      if (idle || !everRequested) {
        context.close();
      } else {
        lookIn(context, IDLE.dividedBy(5));
      }
    }

    void requested(@Nullable SSLSession session) {
      active.incrementAndGet();
      if (!everRequested) {
        everRequested = true;
        if (isProved(session)) {
          noStranger();
        }
      }
    }

    void answered() {
      idleSince = nanoTime.getAsLong();
      active.decrementAndGet();
    }

    private synchronized void noStranger() {
      if (stranger != null) {
        left(stranger);
        stranger = null;
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      visits.remove(context.channel().remoteAddress(), this);
      noStranger();
      context.fireChannelInactive();
    }
  }

  private static boolean isProved(@Nullable SSLSession session) {
    try {
      return session != null && session.getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException e) {
      // None was sent.
      return false;
    }
  }
}
