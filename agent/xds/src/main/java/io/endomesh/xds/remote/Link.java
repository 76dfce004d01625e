package io.endomesh.xds.remote;

import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.xds.http2.Http2Client;
import io.endomesh.xds.http2.Http2Connection;
import io.endomesh.xds.runtime.Backoff;
import io.endomesh.xds.runtime.Serial;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one endpoint of a server that is asked, kept up for as long as the endpoint is
 * named: after a loss it is opened again, by back-off with jitter; with another certificate of ours
 * it is opened anew, and the one before goes on until that is there. Not thread-safe: runs on the
 * control thread.
 */
final class Link {

  /** The longest that our policies have a question wait: what is in flight is answered by then. */
  private static final long RETIRE_NANOS = Duration.ofSeconds(1).toNanos();

  private final InetSocketAddress address;
  private final String authority;
  private final Http2Client http;
  private final Serial serial;
  private final Runnable changed;
  private final Load load = new Load();
  private final Backoff backoff = new Backoff(new SplittableRandom());

  /** The last try; what comes of earlier ones does not count any more. */
  private @Nullable Dial dial;

  private @Nullable Http2Connection open;
  private String why = "it was not reached yet";
  private boolean closed;

  /**
   * @param changed called when {@link #open} has changed
   */
  Link(
      InetSocketAddress address,
      String authority,
      Http2Client http,
      Serial serial,
      Runnable changed) {
    this.address = address;
    this.authority = authority;
    this.http = http;
    this.serial = serial;
    this.changed = changed;
  }

  /**
   * Connects by this TLS from now on.
   *
   * @param tls null for plaintext
   */
  void reach(@Nullable ClientTls tls) {
    if (dial == null || dial.tls != tls) {
      connect(tls);
    }
  }

  /** Null while there is no connection. */
  @Nullable Http2Connection open() {
    return open;
  }

  /** Of questions; the application's own calls to the endpoint have another. */
  Load load() {
    return load;
  }

  /** Why there is no connection. */
  String why() {
    return why;
  }

  void close() {
    closed = true;
    if (open != null) {
      retire(open);
      open = null;
    }
  }

  private void connect(@Nullable ClientTls tls) {
    Dial next = new Dial(tls);
    dial = next;
    http.connect(address, tls == null ? null : tls.context(), authority, serial, next);
  }

  private void retire(Http2Connection connection) {
    serial.schedule(connection::close, RETIRE_NANOS);
  }

  /** One try to connect, and the connection that came of it. */
  private final class Dial implements Http2Connection.Listener {

    private final @Nullable ClientTls tls;
    private @Nullable Http2Connection connection;

    Dial(@Nullable ClientTls tls) {
      this.tls = tls;
    }

    @Override
    public void ready(Http2Connection ready) {
      if (closed || dial != this) {
        ready.close();
        return;
      }
      connection = ready;
      if (open != null) {
        retire(open);
      }
      open = ready;
      backoff.reset();
      changed.run();
    }

    @Override
    public void closed(@Nullable Throwable cause) {
      if (closed) {
        return;
      }
      why = cause == null ? "it closed the connection" : reason(cause);
      if (open == connection) {
        open = null;
      }
      changed.run();
      if (dial == this) {
        serial.schedule(this::again, backoff.nextNanos());
      }
    }

    private void again() {
      if (!closed && dial == this) {
        connect(tls);
      }
    }
  }

  private static String reason(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }
}
