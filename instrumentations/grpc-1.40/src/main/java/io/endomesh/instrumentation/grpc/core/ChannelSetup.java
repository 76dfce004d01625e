package io.endomesh.instrumentation.grpc.core;

import io.endomesh.instrumentation.grpc.Shared;
import io.endomesh.weaving.WeakIdentityMap;
import io.grpc.ClientInterceptor;
import io.grpc.NameResolver;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A channel while {@code ManagedChannelImplBuilder.build} makes it: what the woven steps of that
 * method tell each other, on the thread that runs it. Only a channel whose transport can speak mesh
 * TLS joins the mesh; in-process and OkHttp transports stay as they are.
 */
final class ChannelSetup {

  private static final ThreadLocal<ChannelSetup> CURRENT = new ThreadLocal<>();

  /** Finds the target again when a channel that was idle asks for a new resolver. */
  private static final WeakIdentityMap<NameResolver.Args, ChannelTarget> TARGETS =
      new WeakIdentityMap<>();

  /** One that names a DNS server ({@code dns://8.8.8.8/orders}) is meant for that server. */
  private static final Pattern DNS_TARGET =
      Pattern.compile("(?:dns:(?:///|/)?)?([A-Za-z0-9._-]+(?::[0-9]+)?)");

  private final @Nullable ChannelSetup outer;
  private final ChannelTarget target = new ChannelTarget();
  private boolean meshed;

  private ChannelSetup(@Nullable ChannelSetup outer) {
    this.outer = outer;
  }

  /** The builder begins; builds may nest, as when a load balancer makes a channel of its own. */
  static void begin() {
    // What a transport made outside of a build left behind does not count.
    Shared.takeTransportReady();
    CURRENT.set(new ChannelSetup(CURRENT.get()));
  }

  /** The builder has returned or thrown. */
  static void end() {
    ChannelSetup ended = CURRENT.get();
    if (ended == null || ended.outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(ended.outer);
    }
  }

  /**
   * Adds ours as the innermost: the application's interceptors see one call, whatever number of
   * attempts it takes. The last of the list is the outermost.
   */
  static List<ClientInterceptor> interceptors(List<ClientInterceptor> configured) {
    ChannelSetup setup = CURRENT.get();
    if (setup == null || !Shared.takeTransportReady()) {
      return configured;
    }
    setup.meshed = true;
    List<ClientInterceptor> all = new ArrayList<>(configured.size() + 1);
    all.add(new MeshClientInterceptor(setup.target));
    all.addAll(configured);
    return all;
  }

  /**
   * Puts the mesh in front of a DNS resolver, if the channel takes part.
   *
   * @param target as the application or gRPC wrote it
   */
  static NameResolver resolver(NameResolver dns, NameResolver.Args args, String target) {
    String authority = hostOf(target);
    if (authority == null) {
      return dns;
    }
    ChannelSetup setup = CURRENT.get();
    if (setup != null && setup.meshed) {
      TARGETS.putIfAbsent(args, setup.target);
    }
    ChannelTarget shared = TARGETS.get(args);
    if (shared == null) {
      return dns;
    }
    MeshNameResolver resolver =
        new MeshNameResolver(dns, authority, args.getSynchronizationContext());
    shared.resolvedBy(resolver, authority);
    return resolver;
  }

  /** {@code orders:8080}, {@code dns:///orders:8080}, {@code dns:orders:8080} (gRPC naming). */
  private static @Nullable String hostOf(String target) {
    Matcher matcher = DNS_TARGET.matcher(target);
    return matcher.matches() ? matcher.group(1) : null;
  }
}
