package io.endomesh.instrumentation.r2dbc;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.database.ConnectRequest;
import io.endomesh.weaving.CallDepth;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Wrapped;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * What the application opens its connections by: to an endpoint of the mesh if it knows the host,
 * else as its driver does. Thread-safe.
 */
final class MeshFactory implements ConnectionFactory, Wrapped<ConnectionFactory> {

  /** Inside while we ask for a driver's factory. */
  private static final CallDepth BY_US = new CallDepth();

  private final ConnectionFactory original;
  private final ConnectionFactoryOptions options;
  private final Target target;

  /** As many as there are endpoints, those that have gone included: each is a few fields. */
  private final ConcurrentMap<InetSocketAddress, ConnectionFactory> byAddress =
      new ConcurrentHashMap<>();

  private MeshFactory(ConnectionFactory original, ConnectionFactoryOptions options, Target target) {
    this.original = original;
    this.options = options;
    this.target = target;
  }

  /** Null if the factory is to stay as it is. */
  static @Nullable ConnectionFactory around(
      ConnectionFactory original, ConnectionFactoryOptions options) {
    if (BY_US.isInside() || Weaving.onAgentThread()) {
      return null;
    }
    Target target = Target.of(options);
    return target == null ? null : new MeshFactory(original, options, target);
  }

  /** The driver's own, for one endpoint. */
  ConnectionFactory at(InetSocketAddress address) {
    return byAddress.computeIfAbsent(address, this::find);
  }

  private ConnectionFactory find(InetSocketAddress address) {
    BY_US.enter();
    try {
      return ConnectionFactories.get(Target.at(options, address));
    } finally {
      BY_US.exit();
    }
  }

  @Override
  public Publisher<? extends Connection> create() {
    return Mono.defer(this::open);
  }

  private Mono<Connection> open() {
    Call call = begin();
    if (call == null) {
      return Mono.from(original.create())
          .map(connection -> ObservedConnection.of(connection, target, target.outside()));
    }
    AsyncCall<Connection> opening = AsyncCall.start(call, new Opening(call, this, target));
    opening.whenComplete((connection, failure) -> call.notOpened());
    return Mono.fromFuture(opening).doOnCancel(() -> opening.cancel(true));
  }

  /** Null if the mesh does not know the host, or fails. */
  private @Nullable Call begin() {
    try {
      return Weaving.mesh().call(new ConnectRequest(target.authority(), /* readOnly= */ false));
    } catch (RuntimeException e) {
      Suppressed.report(e);
      return null;
    }
  }

  @Override
  public ConnectionFactoryMetadata getMetadata() {
    return original.getMetadata();
  }

  @Override
  public ConnectionFactory unwrap() {
    return original;
  }

  @Override
  public String toString() {
    return original.toString();
  }
}
