package io.endomesh.instrumentation.urlconnection;

import io.endomesh.dataplane.http.ChangedHeaders;
import io.endomesh.dataplane.http.HeaderReader;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.URL;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * An attempt while a thread makes it by a connection of the JDK's: what the hooks below that
 * connection ask for. Confined to its thread, but for {@link #breakOff}.
 *
 * <p>Code of the application that the JDK runs meanwhile, an authenticator or a cookie store, may
 * open connections of its own on that thread; each hook tells them apart.
 */
final class UnderWay {

  private static final ThreadLocal<UnderWay> CURRENT = new ThreadLocal<>();

  private final HttpAttempt http;
  private final HttpURLConnection connection;
  private final WireHead head;
  private final AnswerCookies cookies;
  private final PoolKey key;

  /** The JDK's client that holds the connection, once there is one to the endpoint. */
  private @Nullable Object client;

  private boolean fresh;

  /** A request is on the connection, and no answer yet. */
  private boolean waits;

  private volatile @Nullable PooledSocket socket;

  /**
   * @param ownTls null if the application's connections have none
   */
  UnderWay(
      HttpAttempt http,
      HttpURLConnection connection,
      @Nullable SSLSocketFactory ownTls,
      WireHead head,
      AnswerCookies cookies) {
    this.http = http;
    this.connection = connection;
    this.head = head;
    this.cookies = cookies;
    this.key = PoolKey.of(http.attempt(), ownTls);
    http.onBreakOff(this::breakOff);
  }

  /** The attempt of this thread, null if none is under way. */
  static @Nullable UnderWay current() {
    return CURRENT.get();
  }

  /** What the JDK does for an attempt. */
  interface Step<T> {
    T run() throws IOException;
  }

  /** Runs a step with the hooks in place. */
  <T> T around(Step<T> step) throws IOException {
    UnderWay outer = CURRENT.get();
    CURRENT.set(this);
    try {
      return step.run();
    } finally {
      if (outer == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(outer);
      }
    }
  }

  /** Opens the connection; the request may leave when this returns. */
  void connect() throws IOException {
    connection.connect();
    if (client == null) {
      // Fails closed: whatever went wrong, nothing is sent there, and the endpoint is not to blame.
      connection.disconnect();
      http.local();
      throw new IOException(
          "connection to "
              + key.address()
              + ": not opened by the mesh (expected: a JDK whose classes are woven); nothing was"
              + " sent");
    }
    http.leaves();
  }

  /** Waits for the head of the answer and tells the attempt. */
  Answer answer() throws IOException {
    int status = connection.getResponseCode();
    if (status < 0) {
      connection.getInputStream().close(); // Throws what was wrong, if the JDK knows.
      throw new IOException("Invalid Http response");
    }
    JdkAnswer answer = new JdkAnswer(connection, this, cookies);
    HeaderReader headers = cookies.headers(connection);
    if (!http.answered(status, headers) || !http.attempt().changesResponse()) {
      return answer;
    }
    ChangedHeaders changed = new ChangedHeaders(headers);
    http.attempt().changeResponse(changed);
    return new ChangedAnswer(answer, changed.changes());
  }

  /** True of the connection that the JDK opens for the attempt. */
  boolean asks(@Nullable String server, int port) {
    URL url = connection.getURL();
    return url.getHost().equals(server)
        && port == (url.getPort() < 0 ? url.getDefaultPort() : url.getPort());
  }

  /** True of the URL that the JDK looks for a connection for. */
  boolean asks(@Nullable URL url) {
    return url == connection.getURL();
  }

  /** The JDK's connection of an https URL leaves its work to another one, of the same URL. */
  boolean is(HttpURLConnection other) {
    return other.getURL() == connection.getURL();
  }

  /** True of the JDK's client that has the connection. */
  boolean uses(Object other) {
    return other == client;
  }

  PoolKey key() {
    return key;
  }

  /** The JDK has read a head. Who is to get its cookies. */
  AnswerCookies headArrives() {
    waits = false;
    return cookies;
  }

  /**
   * The JDK is about to write the head of a request.
   *
   * @param messageHeader as {@link WireHead#applyTo} takes it
   * @return true if it must not be sent again on another connection
   */
  boolean writes(Object messageHeader) {
    waits = true;
    head.applyTo(messageHeader);
    return fresh;
  }

  /** The JDK found a connection in its pool. */
  void reuses(Object pooledClient) {
    PooledSocket pooled = PooledSocket.of(pooledClient);
    if (pooled == null) {
      return;
    }
    socket = pooled;
    client = pooledClient;
    fresh = false;
    if (http.isBrokenOff()) {
      pooled.close();
    }
  }

  /**
   * Opens a connection to the endpoint, with its TLS handshake finished. Fails closed.
   *
   * @param connectMillis for connecting, and each read of the handshake; 0 for no limit
   * @param readMillis for each read later; 0 for no limit
   */
  Connected connect(Object newClient, int connectMillis, int readMillis) {
    PooledSocket pooled = new PooledSocket(key, new Socket(Proxy.NO_PROXY));
    try {
      Socket connected = open(pooled, connectMillis, readMillis);
      pooled.belongTo(newClient);
      client = newClient;
      fresh = true;
      return new Connected(connected, null);
    } catch (IOException e) {
      pooled.close();
      return new Connected(null, e);
    } catch (RuntimeException | Error e) {
      pooled.close();
      return new Connected(null, new IOException("connection to " + key.address() + " failed", e));
    }
  }

  private Socket open(PooledSocket pooled, int connectMillis, int readMillis) throws IOException {
    socket = pooled;
    if (http.isBrokenOff()) {
      throw new SocketException("the attempt was broken off");
    }
    if (waits && fresh) {
      // The JDK's own second try of what could not be written, in the JDK's words.
      throw new SocketException("Error writing to server");
    }
    waits = false;
    Socket plain = pooled.socket();
    plain.connect(key.address(), connectMillis);
    plain.setSoTimeout(readMillis);
    ClientTls tls = key.tls();
    return tls == null ? plain : tls.begin(plain, key.address(), connectMillis);
  }

  private void breakOff() {
    PooledSocket open = socket;
    if (open != null) {
      open.close();
    }
  }
}
