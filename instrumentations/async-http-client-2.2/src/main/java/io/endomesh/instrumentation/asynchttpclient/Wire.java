package io.endomesh.instrumentation.asynchttpclient;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.identity.ClientTls;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.NameResolver;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.asynchttpclient.Request;
import org.asynchttpclient.RequestBuilder;
import org.asynchttpclient.channel.ChannelPoolPartitioning;
import org.asynchttpclient.proxy.ProxyServer;
import org.asynchttpclient.uri.Uri;
import org.jspecify.annotations.Nullable;

/**
 * What of a request is another on the wire than for the application. Immutable.
 *
 * @param target path and query
 * @param authority host, null for that of the request
 * @param changes as {@link io.endomesh.dataplane.http.ChangedHeaders#changes} has them
 */
record Wire(String target, @Nullable String authority, Map<String, List<String>> changes) {

  static Wire of(RequestView view) {
    return new Wire(view.target(), view.sentAuthority(), new HashMap<>(view.changedHeaders()));
  }

  /** Changes what is about to be written. */
  void write(HttpRequest request) {
    request.setUri(target);
    changes.forEach((name, values) -> request.headers().set(name, values));
    if (authority != null) {
      request.headers().set("host", authority);
    }
  }

  /**
   * The request that the library sends for an attempt: by a connection of its endpoint and TLS, and
   * no further than to the next answer. TLS of the mesh is begun below the library, which takes it
   * for plaintext.
   *
   * @param nanosLeft of the application's time for the call
   */
  static Request request(Request request, Attempt attempt, long nanosLeft) {
    Uri uri = request.getUri();
    ClientTls tls = attempt.tls();
    InetSocketAddress address = attempt.endpoint().address();
    ChannelPoolPartitioning asked = request.getChannelPoolPartitioning();
    ChannelPoolPartitioning partitioning =
        (to, host, proxy) ->
            new Partition(
                asked.getPartitionKey(to, host, proxy), address, tls == null ? 0 : tls.number());
    RequestBuilder builder = Internals.builder(request);
    if (nanosLeft != Call.NO_TIMEOUT) {
      Internals.timeout(builder, NANOSECONDS.toMillis(nanosLeft) + 1);
    }
    return builder
        .setUri(tls != null && uri.isSecured() ? uri.withNewScheme(Uri.HTTP) : uri)
        .setChannelPoolPartitioning(partitioning)
        .setFollowRedirect(false)
        .setNameResolver(resolver(address.getAddress()))
        .setProxyServer(noneFor(uri.getHost()))
        .build();
  }

  /** A proxy that is not used: the library asks no other then. */
  private static ProxyServer noneFor(String host) {
    return new ProxyServer.Builder("none", 1).setNonProxyHost(host).build();
  }

  /**
   * What a connection is pooled by.
   *
   * @param asked what it would be without the mesh
   */
  private record Partition(Object asked, InetSocketAddress address, long tls) {}

  /** So that no DNS is asked. */
  private static NameResolver<InetAddress> resolver(InetAddress address) {
    return new InetNameResolver(ImmediateEventExecutor.INSTANCE) {
      @Override
      protected void doResolve(String name, Promise<InetAddress> promise) {
        promise.setSuccess(address);
      }

      @Override
      protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
        promise.setSuccess(List.of(address));
      }
    };
  }
}
