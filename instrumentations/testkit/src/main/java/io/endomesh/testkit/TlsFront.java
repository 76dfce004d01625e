package io.endomesh.testkit;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.cluster.Locality;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.identity.PeerName;
import io.endomesh.dataplane.identity.Roots;
import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.dataplane.identity.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A server outside the mesh: ends TLS with a certificate for a host name, and passes what comes on
 * to a server that speaks plaintext. Thread-safe.
 */
public final class TlsFront implements AutoCloseable {

  private static final char[] IN_MEMORY_ONLY = {};

  private final SSLServerSocket server;
  private final int target;
  private final List<String> askedFor = new CopyOnWriteArrayList<>();
  private final List<X509Certificate> shown = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * @param name that its certificate has; may begin with a wildcard
   * @param target port that takes plaintext
   * @param protocol to agree on (ALPN)
   */
  public TlsFront(String name, int target, String protocol) {
    this(name, target, protocol, null);
  }

  /**
   * As the other.
   *
   * @param clients authority of the certificate that each client must show; null asks for none
   */
  public TlsFront(String name, int target, String protocol, @Nullable TestAuthority clients) {
    this.target = target;
    try {
      server =
          (SSLServerSocket)
              context(name, clients)
                  .getServerSocketFactory()
                  .createServerSocket(0, 0, InetAddress.getLoopbackAddress());
      SSLParameters parameters = server.getSSLParameters();
      parameters.setNeedClientAuth(clients != null);
      parameters.setApplicationProtocols(new String[] {protocol});
      server.setSSLParameters(parameters);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no TLS server for " + name, e);
    }
    daemon(this::accept);
  }

  private static SSLContext context(String name, @Nullable TestAuthority clients)
      throws GeneralSecurityException, IOException {
    KeyPair key = TestAuthority.newKey();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server",
        key.getPrivate(),
        IN_MEMORY_ONLY,
        new X509Certificate[] {TestRoutes.AUTHORITY.serverCertificate(key, name)});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, IN_MEMORY_ONLY);
    SSLContext context = SSLContext.getInstance("TLS");
    // Without an authority it asks no client for a certificate: null is never used to check one.
    context.init(
        keys.getKeyManagers(),
        clients == null ? null : new TrustManager[] {Roots.trust(List.of(clients.root()))},
        null);
    return context;
  }

  /** As the mesh would know it: TLS is begun with it, and it must prove this name. */
  Endpoint endpoint(String expected) {
    return endpoint(expected, null);
  }

  /**
   * As the other.
   *
   * @param files that hold what is shown to it
   */
  Endpoint endpoint(String expected, @Nullable TlsFiles files) {
    try {
      return new Endpoint(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()),
          null,
          Map.of(),
          1,
          0,
          Locality.NONE,
          1,
          new OriginatedTls(
              List.of(TestRoutes.AUTHORITY.root()),
              expected,
              List.of(new PeerName(PeerName.Kind.DNS, expected)),
              /* ownCertificate= */ false,
              files),
          new Load());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Names that clients asked for in handshakes that succeeded (SNI), in their order. */
  public List<String> askedFor() {
    return askedFor;
  }

  /** Certificates of clients in handshakes that succeeded, in their order. */
  public List<X509Certificate> shown() {
    return shown;
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket client = (SSLSocket) server.accept();
        open.add(client);
        daemon(() -> pass(client));
      }
    } catch (IOException closed) {
      open.forEach(TlsFront::close);
    }
  }

  private void pass(SSLSocket client) {
    try {
      client.startHandshake();
      if (client.getNeedClientAuth()) {
        shown.add((X509Certificate) client.getSession().getPeerCertificates()[0]);
      }
      if (client.getSession() instanceof ExtendedSSLSession session) {
        session
            .getRequestedServerNames()
            .forEach(name -> askedFor.add(((SNIHostName) name).getAsciiName()));
      }
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(server);
      daemon(() -> copy(server, client));
      copy(client, server);
    } catch (IOException refused) {
      close(client);
    }
  }

  /** Until one side ends; then both do. */
  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException ended) {
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "tls-front");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
