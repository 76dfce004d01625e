package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.weaving.WeakIdentityMap;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The clients that make the attempts of one client of the application: one for what the application
 * asked for itself, and one for each {@link ClientTls}. Separate clients have separate pools, so
 * plaintext and different identities never share a connection. They live as long as their key: the
 * application's client, and the TLS object, which a new certificate or policy replaces.
 * Thread-safe.
 *
 * <p>They take the application's settings except: no proxy, since an endpoint is reached directly,
 * and no redirects, since each hop is a call of its own.
 */
final class DerivedClients {

  private static final WeakIdentityMap<HttpClient, DerivedClients> BY_ORIGINAL =
      new WeakIdentityMap<>();

  /** Apart from the others: a mirror that asks who calls must not make the application answer. */
  private static final WeakIdentityMap<HttpClient, DerivedClients> FOR_COPIES =
      new WeakIdentityMap<>();

  private final WeakIdentityMap<ClientTls, HttpClient> byTls = new WeakIdentityMap<>();
  private volatile @Nullable HttpClient own;

  /** All of them, to be shut down; guarded by this. */
  private final Set<HttpClient> all = Collections.newSetFromMap(new WeakHashMap<>());

  private final boolean copies;

  private DerivedClients(boolean copies) {
    this.copies = copies;
  }

  static HttpClient of(HttpClient original, @Nullable ClientTls tls) {
    return of(BY_ORIGINAL, original, tls);
  }

  /** The client that sends copies: it knows no passwords. */
  static HttpClient forCopies(HttpClient original, @Nullable ClientTls tls) {
    return of(FOR_COPIES, original, tls);
  }

  private static HttpClient of(
      WeakIdentityMap<HttpClient, DerivedClients> of,
      HttpClient original,
      @Nullable ClientTls tls) {
    DerivedClients clients = of.get(original);
    if (clients == null) {
      DerivedClients fresh = new DerivedClients(of == FOR_COPIES);
      clients = of.putIfAbsent(original, fresh);
      clients = clients == null ? fresh : clients;
    }
    HttpClient known = clients.known(tls);
    return known != null ? known : clients.derived(original, tls);
  }

  private @Nullable HttpClient known(@Nullable ClientTls tls) {
    return tls == null ? own : byTls.get(tls);
  }

  private synchronized HttpClient derived(HttpClient original, @Nullable ClientTls tls) {
    HttpClient known = known(tls);
    if (known != null) {
      return known;
    }
    HttpClient client = derive(original, tls);
    all.add(client);
    if (tls == null) {
      own = client;
    } else {
      byTls.put(tls, client);
    }
    return client;
  }

  private HttpClient derive(HttpClient original, @Nullable ClientTls tls) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(original.version())
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(Redirect.NEVER);
    original.connectTimeout().ifPresent(builder::connectTimeout);
    Executor executor = original.executor().orElse(null);
    if (executor != null) {
      builder.executor(executor);
    }
    Authenticator authenticator = original.authenticator().orElse(null);
    if (authenticator != null && !copies) {
      builder.authenticator(authenticator);
    }
    CookieHandler cookies = original.cookieHandler().orElse(null);
    if (cookies != null) {
      builder.cookieHandler(new CookiesAsWritten(cookies));
    }
    if (tls == null) {
      builder.sslContext(original.sslContext()).sslParameters(original.sslParameters());
    } else {
      builder.sslContext(tls.context());
    }
    return builder.build();
  }

  /**
   * Shuts down what was derived from a client that is being shut down.
   *
   * @param method {@code shutdown} or {@code shutdownNow}, of JDK 21 and newer
   */
  static void shutdown(HttpClient original, String method) {
    shutdown(BY_ORIGINAL.get(original), method);
    shutdown(FOR_COPIES.get(original), method);
  }

  private static void shutdown(@Nullable DerivedClients clients, String method) {
    if (clients == null) {
      return;
    }
    List<HttpClient> derived;
    synchronized (clients) {
      derived = new ArrayList<>(clients.all);
    }
    try {
      MethodHandle shutdown =
          MethodHandles.publicLookup()
              .findVirtual(HttpClient.class, method, MethodType.methodType(void.class));
      for (HttpClient client : derived) {
        shutdown.invoke(client);
      }
    } catch (Throwable e) {
      // The advice's handler counts it; the original is shut down all the same.
      throw new IllegalStateException("clients of the mesh did not follow " + method, e);
    }
  }
}
