package io.endomesh.dataplane.identity;

import io.endomesh.dataplane.Inbound.TlsMode;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Mutual TLS 1.3 between two workloads, begun and used for one byte each way: both ends of it, with
 * no network between. A full handshake, and one that resumes the session of the connection before.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class HandshakeBenchmark {

  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";
  private static final int PORT = 8443;

  /** Larger than a record (RFC 8446, 5.2) and than a flight of these certificates. */
  private static final int BUFFER = 64 * 1024;

  private final TestAuthority authority = new TestAuthority();
  private final ServerTls server = ServerTls.of(TlsMode.STRICT, authority.identity(ORDERS));
  private final ClientTls client =
      authority.identity("spiffe://td/ns/shop/sa/web").clientTls(ORDERS);
  private final ByteBuffer toServer = ByteBuffer.allocate(BUFFER);
  private final ByteBuffer toClient = ByteBuffer.allocate(BUFFER);
  private final ByteBuffer read = ByteBuffer.allocate(BUFFER);
  private final ByteBuffer one = ByteBuffer.allocate(1);
  private int others;

  /** What is measured is what it says. */
  @Setup
  public void check() throws SSLException {
    long first = connect("orders", PORT);
    while (System.currentTimeMillis() <= first) {
      // Sessions are told apart by the time of their making, in milliseconds.
      Thread.onSpinWait();
    }
    if (connect("orders", PORT) != first) {
      throw new IllegalStateException("the second session is not that of the first");
    }
    if (connect("others", PORT) == first) {
      throw new IllegalStateException("a session went to another peer");
    }
  }

  @Benchmark
  public long full() throws SSLException {
    // A peer that was never met: there is no session with it.
    return connect("orders-" + others++, PORT);
  }

  @Benchmark
  public long resumed() throws SSLException {
    return connect("orders", PORT);
  }

  /** The time of the session's full handshake. */
  private long connect(String host, int port) throws SSLException {
    SSLEngine calling = client.context().createSSLEngine(host, port);
    calling.setUseClientMode(true);
    SSLEngine called = server.engine((byte) ServerTls.TLS_FIRST_BYTE);
    if (called == null) {
      throw new IllegalStateException("no certificate");
    }
    toServer.clear();
    toClient.clear();
    calling.beginHandshake();
    called.beginHandshake();
    while (isShaking(calling) || isShaking(called)) {
      step(calling, toServer, toClient);
      step(called, toClient, toServer);
    }
    // The ticket of TLS 1.3 comes behind the handshake.
    say(called, calling, toClient);
    say(calling, called, toServer);
    return calling.getSession().getCreationTime();
  }

  private static boolean isShaking(SSLEngine engine) {
    HandshakeStatus status = engine.getHandshakeStatus();
    return status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED;
  }

  private void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          for (Runnable task = engine.getDelegatedTask();
              task != null;
              task = engine.getDelegatedTask()) {
            task.run();
          }
        }
        case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (in.position() == 0) {
            return;
          }
          unwrap(engine, in);
        }
        default -> {
          return;
        }
      }
    }
  }

  private void say(SSLEngine from, SSLEngine to, ByteBuffer wire) throws SSLException {
    one.clear();
    from.wrap(one, wire);
    while (wire.position() > 0) {
      unwrap(to, wire);
    }
  }

  private void unwrap(SSLEngine engine, ByteBuffer wire) throws SSLException {
    read.clear();
    wire.flip();
    engine.unwrap(wire, read);
    wire.compact();
  }
}
