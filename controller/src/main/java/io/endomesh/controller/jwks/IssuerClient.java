package io.endomesh.controller.jwks;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.SessionProtocol;
import io.endomesh.dataplane.identity.PeerTrust;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Asks issuers of tokens, and others who serve documents: over verified TLS, without following
 * redirects, for a bounded time and a bounded answer. Thread-safe.
 */
public final class IssuerClient implements AutoCloseable {

  /** In all, from the first byte to the last. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Large issuers have 10 KB of keys. Every workload that takes their tokens holds them. */
  static final int MAX_KEYS = 64 * 1024;

  private final ClientFactory clients;
  private final int maxBytes;

  /** What was answered, whatever it is. */
  public record Answer(int status, String body) {

    /** Without the body, which may hold a token. */
    @Override
    public String toString() {
      return "Answer[status=" + status + "]";
    }
  }

  /**
   * @param authorities certificates in PEM, trusted besides those of the JDK; null: none
   * @throws IOException if they cannot be read
   */
  public IssuerClient(@Nullable Path authorities) throws IOException {
    this(authorities, "--jwks", MAX_KEYS);
  }

  /**
   * @param option prefix of the option that said them, {@code --jwks}
   * @param maxBytes of an answer
   */
  IssuerClient(@Nullable Path authorities, String option, int maxBytes) throws IOException {
    this.maxBytes = maxBytes;
    ClientFactoryBuilder builder = factory();
    if (authorities != null) {
      // More roots, and no less: that the certificate is for the host is checked as without them.
      TrustManagerFactory trust = trust(authorities, option);
      builder.tlsCustomizer(tls -> tls.trustManager(trust));
    }
    this.clients = builder.build();
  }

  private static ClientFactoryBuilder factory() {
    return ClientFactory.builder().connectTimeout(TIMEOUT).idleTimeout(Duration.ofSeconds(10));
  }

  /** Of an address, as it is looked up. */
  static String host(URI uri) {
    String host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /**
   * @param asked where its host is
   */
  Answer get(URI uri, InetAddress asked) throws KeyFetchException {
    return send(clients, uri, asked, headers(HttpMethod.GET, uri, null), HttpData.empty());
  }

  /**
   * Asks whoever this trusts, whatever its name: the trust compares the identity itself.
   *
   * @param asked where its host is
   */
  Answer get(URI uri, InetAddress asked, PeerTrust trust) throws KeyFetchException {
    try (ClientFactory once = factory().tlsCustomizer(tls -> tls.trustManager(trust)).build()) {
      return send(once, uri, asked, headers(HttpMethod.GET, uri, null), HttpData.empty());
    }
  }

  /**
   * Asks an address that an operator has said, wherever it is.
   *
   * @param authorization null: none
   */
  public Answer get(URI uri, @Nullable String authorization) throws KeyFetchException {
    return send(
        clients, uri, resolve(uri), headers(HttpMethod.GET, uri, authorization), HttpData.empty());
  }

  /**
   * Sends a form to an address that an operator has said.
   *
   * @param form as it is encoded
   * @param authorization null: none
   */
  public Answer post(URI uri, String form, @Nullable String authorization)
      throws KeyFetchException {
    return send(
        clients,
        uri,
        resolve(uri),
        headers(HttpMethod.POST, uri, authorization).contentType(MediaType.FORM_DATA),
        HttpData.ofUtf8(form));
  }

  private static RequestHeadersBuilder headers(
      HttpMethod method, URI uri, @Nullable String authorization) {
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    RequestHeadersBuilder headers =
        RequestHeaders.builder(
            method, uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
    // Some serve keys as another kind of JSON.
    headers.set(HttpHeaderNames.ACCEPT, "application/json, */*;q=0.1");
    if (authorization != null) {
      headers.set(HttpHeaderNames.AUTHORIZATION, authorization);
    }
    return headers;
  }

  private static InetAddress resolve(URI uri) throws KeyFetchException {
    try {
      return InetAddress.getByName(host(uri));
    } catch (UnknownHostException e) {
      throw new KeyFetchException("the name of its host is not known");
    }
  }

  private Answer send(
      ClientFactory factory,
      URI uri,
      InetAddress asked,
      RequestHeadersBuilder headers,
      HttpData body)
      throws KeyFetchException {
    SessionProtocol protocol =
        "http".equalsIgnoreCase(uri.getScheme()) ? SessionProtocol.HTTP : SessionProtocol.HTTPS;
    Endpoint endpoint =
        Endpoint.of(uri.getHost(), uri.getPort() < 0 ? protocol.defaultPort() : uri.getPort())
            .withIpAddr(asked.getHostAddress());
    WebClient client =
        WebClient.builder(protocol, endpoint)
            .factory(factory)
            .responseTimeout(TIMEOUT)
            .maxResponseLength(maxBytes)
            .build();
    try {
      AggregatedHttpResponse answer =
          client.execute(HttpRequest.of(headers.build(), body)).aggregate().join();
      return new Answer(answer.status().code(), answer.contentUtf8());
    } catch (CompletionException e) {
      throw new KeyFetchException(why(e.getCause()));
    }
  }

  private String why(@Nullable Throwable cause) {
    if (cause instanceof ContentTooLargeException) {
      return "its answer is too long (expected: at most " + maxBytes + " bytes)";
    }
    if (cause instanceof ResponseTimeoutException) {
      return "no answer within " + TIMEOUT.toSeconds() + " s";
    }
    // Of what was answered nothing is told: it may be of something that nobody was to read.
    return "it cannot be reached"
        + (cause == null ? "" : " (" + cause.getClass().getSimpleName() + ")");
  }

  /**
   * Those of the JDK, and these.
   *
   * @param option prefix of the option that said them, {@code --jwks}
   */
  public static TrustManagerFactory trust(Path authorities, String option) throws IOException {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      TrustManagerFactory ofJdk =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      ofJdk.init((KeyStore) null);
      int number = 0;
      for (X509Certificate certificate :
          Arrays.stream(ofJdk.getTrustManagers())
              .filter(X509TrustManager.class::isInstance)
              .map(X509TrustManager.class::cast)
              .flatMap(manager -> Arrays.stream(manager.getAcceptedIssuers()))
              .toList()) {
        trusted.setCertificateEntry("jdk-" + number++, certificate);
      }
      try (InputStream file = Files.newInputStream(authorities)) {
        for (Certificate certificate :
            CertificateFactory.getInstance("X.509").generateCertificates(file)) {
          trusted.setCertificateEntry("own-" + number++, certificate);
        }
      }
      TrustManagerFactory both =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      both.init(trusted);
      return both;
    } catch (GeneralSecurityException e) {
      throw new IOException(
          option + "-ca: " + authorities + " (expected: certificates in PEM): " + e.getMessage(),
          e);
    }
  }

  @Override
  public void close() {
    clients.closeAsync();
  }
}
