package io.endomesh.instrumentation.undertow;

import io.endomesh.dataplane.identity.Peer;
import io.endomesh.weaving.WeakIdentityMap;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.ServerConnection;
import io.undertow.util.PooledAdaptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.conduits.PushBackStreamSourceConduit;
import org.xnio.ssl.SslConnection;

/**
 * The mutual TLS of a connection of the mesh. That there is one for a connection says that the
 * peer's certificate was verified against the mesh's roots: one of a listener with TLS of its own
 * may carry any name. Thread-safe.
 */
final class MeshTls {

  /** What is kept for a connection does not hold it. */
  private static final WeakIdentityMap<StreamConnection, MeshTls> ALL = new WeakIdentityMap<>();

  /** Undertow's own pool for it is private: buffers of more than the largest record of TLS. */
  private static final ByteBufferPool BUFFERS =
      new DefaultByteBufferPool(
          /* direct= */ true,
          /* bufferSize= */ 17 * 1024,
          /* maximumPoolSize= */ -1,
          /* threadLocalCacheSize= */ 12);

  /** The connection of Undertow that is given an engine is the package's own. */
  private static final MethodHandle CONNECTION = connection();

  private final SSLEngine engine;
  private volatile @Nullable Peer peer;

  private MeshTls(SSLEngine engine) {
    this.engine = engine;
  }

  private static MethodHandle connection() {
    String name = "io.undertow.protocols.ssl.UndertowSslConnection";
    try {
      Class<?> type = Class.forName(name, /* initialize= */ false, MeshTls.class.getClassLoader());
      Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      MethodType common =
          MethodType.methodType(
              void.class, StreamConnection.class, SSLEngine.class, ByteBufferPool.class);
      MethodHandle made;
      try {
        made = lookup.findConstructor(type, common);
      } catch (NoSuchMethodException since21) {
        // What the last one is for Undertow's own threads do if it is null.
        made =
            MethodHandles.insertArguments(
                lookup.findConstructor(type, common.appendParameterTypes(Executor.class)),
                common.parameterCount(),
                (Object) null);
      }
      return made.asType(common.changeReturnType(SslConnection.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(name, e);
    }
  }

  /**
   * @param read of the connection already, and not decrypted yet; closed in time
   */
  static SslConnection over(StreamConnection connection, SSLEngine engine, PooledByteBuffer read) {
    PushBackStreamSourceConduit source =
        new PushBackStreamSourceConduit(connection.getSourceChannel().getConduit());
    source.pushBack(new PooledAdaptor(read));
    connection.getSourceChannel().setConduit(source);
    try {
      SslConnection tls = (SslConnection) CONNECTION.invokeExact(connection, engine, BUFFERS);
      ALL.put(tls, new MeshTls(engine));
      return tls;
    } catch (Throwable e) {
      throw new LinkageError("UndertowSslConnection", e);
    }
  }

  /** Null on any connection that is not the mesh's. */
  static @Nullable MeshTls of(ServerConnection connection) {
    if (ALL.isEmpty()) {
      return null;
    }
    return connection instanceof AbstractServerConnection http1
        ? ALL.get(http1.getChannel())
        : Http2Connections.tls(connection);
  }

  static @Nullable MeshTls of(StreamConnection connection) {
    return ALL.get(connection);
  }

  /** Not before the handshake is done. */
  Peer peer() {
    Peer now = Peer.of(engine.getSession(), peer);
    peer = now;
    return now;
  }
}
